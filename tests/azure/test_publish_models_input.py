"""Bad input of `modelpress publish`: one message, one hint, and nothing asked of Azure where it need not be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from publishing import NAME, Project, changes, environment_of, make_project, names_of, publish
from standin.client import Azure

FILE = f"azureml/models/{NAME}.yml"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "deploy")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": "1.0"}, f"{FILE}:2: version: '1.0' must be a whole number, as 1"),
        ({"version": 1.0}, f"{FILE}:2: version: must be text"),
        ({"version": "0"}, f"{FILE}:2: version: '0' must be a whole number, as 1"),
        ({"version": "latest"}, f"{FILE}:2: version: 'latest' must be a whole number, as 1"),
        ({"path": "../../missing"}, f"{FILE}:4: path: the project has no missing"),
        ({"path": "../../../outside"}, f"{FILE}:4: path: '../../../outside' is no folder or file inside the project"),
        ({"path": "/etc"}, f"{FILE}:4: path: '/etc' is no folder or file inside the project"),
        (
            {"path": "azureml://datastores/x/paths/y"},
            f"{FILE}:4: path: 'azureml://datastores/x/paths/y' is no folder or file inside the project",
        ),
        ({"path": None}, f"{FILE}: path: is missing"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(
    azure: Azure, project: Project, fields: dict[str, object], message: str
) -> None:
    project.asset(**fields)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 2
    assert outcome.error["message"] == message
    assert outcome.error["hint"]
    assert azure.requests() == []


@pytest.mark.parametrize("name", ["-digits", "digits cpu", "a" * 256, "ä", "a/b", ""])
def test_a_name_that_the_service_refuses_is_refused_here(azure: Azure, project: Project, name: str) -> None:
    project.write(FILE, f"name: {json.dumps(name)}\npath: ../../model\n")
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 2
    assert outcome.error["message"].startswith(f"{FILE}:1: name: ")
    assert azure.requests() == []


@pytest.mark.parametrize(
    "text", ["", "- 1\n", "name: [1\n", "name: a\nname: b\n", "name: !!python/object:os.system x\n", "\0"]
)
def test_a_file_that_is_no_description_is_named(azure: Azure, project: Project, text: str) -> None:
    project.write(FILE, text)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 2
    assert outcome.error["message"].startswith(FILE)
    assert azure.requests() == []


def test_what_only_the_sdk_knows_is_refused_before_any_change(azure: Azure, project: Project) -> None:
    project.write(FILE, f"name: {NAME}\npath: ../../model\nversoin: '1'\n")
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 2
    assert outcome.error["message"] == f"{FILE}: versoin: Unknown field."
    assert changes(azure) == []


def test_a_project_without_assets_says_what_to_render(azure: Azure, tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    outcome = publish(azure, "data", tmp_path / "deploy")
    assert outcome.exit_code == 2
    assert outcome.error["message"] == "the project has no azureml/data/*.yml"
    assert "-t azure-data" in outcome.error["hint"]
    assert azure.requests() == []


def test_two_files_of_one_name_are_an_error(azure: Azure, project: Project) -> None:
    project.write("azureml/models/again.yml", f"name: {NAME}\npath: ../../model\n")
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 2
    assert NAME in outcome.error["message"] or "same name" in outcome.error["message"]
    assert azure.requests() == []


def test_a_damaged_state_file_is_named_before_azure_is_asked(azure: Azure, project: Project) -> None:
    project.state_file.write_text("{", encoding="utf-8")
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 1
    assert str(project.state_file) in outcome.error["message"]
    assert azure.requests() == []


@pytest.mark.parametrize("missing", ["subscription_id", "resource_group", "workspace_name"])
def test_a_missing_workspace_field_is_named(azure: Azure, project: Project, missing: str) -> None:
    outcome = publish(azure, "model", project.folder, **{missing: ""})
    assert outcome.exit_code == 2
    assert outcome.error["message"] == f"no Azure workspace is named: there is no {missing}"
    assert azure.requests() == []


def test_flags_name_the_workspace_too(azure: Azure, project: Project) -> None:
    place = azure.workspace
    outcome = publish(
        azure,
        "model",
        project.folder,
        *("--subscription", place.subscription, "--resource-group", place.resource_group),
        *("--workspace", place.workspace),
        **dict.fromkeys(("subscription_id", "resource_group", "workspace_name"), ""),
    )
    assert outcome.exit_code == 0


def test_a_workspace_file_and_an_olive_workflow_name_it_too(azure: Azure, project: Project, tmp_path: Path) -> None:
    names = names_of(azure)
    (tmp_path / "aml.json").write_text(json.dumps(names), encoding="utf-8")
    workflow = tmp_path / "olive.json"
    workflow.write_text(json.dumps({"azureml_client": {"aml_config_path": "aml.json"}}), encoding="utf-8")
    nothing = dict.fromkeys(names, "")
    for given in (("--workspace-file", tmp_path / "aml.json"), ("-c", workflow)):
        assert publish(azure, "model", project.folder, *given, **nothing).exit_code == 0
    assert azure.workspace.workspace in azure.requests("PUT", "/models/")[0]["path"]


def test_a_workspace_that_is_not_there_is_named(azure: Azure, project: Project) -> None:
    outcome = publish(azure, "model", project.folder, workspace_name="elsewhere")
    assert outcome.exit_code == 6
    assert outcome.error["message"].startswith("opening workspace elsewhere in resource group")
    assert "HTTP 404" in outcome.error["message"]
    assert "names of subscription" in outcome.error["hint"]
    assert changes(azure) == []


def test_without_a_credential_nothing_is_done(azure: Azure, project: Project, tmp_path: Path) -> None:
    """A place without any credential: no managed identity, no Azure CLI on the PATH, another home folder."""
    variables = {**azure.environment, **environment_of(azure), "HOME": str(tmp_path), "PATH": ""}
    kept = {name: value for name, value in variables.items() if not name.startswith("MSI_")}
    done = subprocess.run(
        [sys.executable, "-m", "modelpress", "publish", "model", str(project.folder), "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("AZURE")}, **kept},
    )
    assert done.returncode == 6, done.stderr
    error = json.loads(done.stdout)["error"]
    assert "no Azure credential works; tried EnvironmentCredential" in error["message"]
    assert "az login" in error["hint"]
    assert azure.requests("*", "/subscriptions/") == []


def test_credential_parameters_that_are_refused_are_named_without_their_values(
    azure: Azure, project: Project, tmp_path: Path
) -> None:
    config = tmp_path / "modelpress.yaml"
    config.write_text("azure:\n  default_auth_params:\n    authority: http://login.example\n", encoding="utf-8")
    outcome = publish(azure, "model", project.folder, "-c", config)
    assert outcome.exit_code == 2
    assert outcome.error["message"] == "the arguments for the Azure credential are not accepted: authority"
    assert "login.example" not in outcome.stdout + outcome.stderr


def test_without_the_sdk_it_says_what_to_install(azure: Azure, project: Project, tmp_path: Path) -> None:
    (tmp_path / "azure").mkdir()
    (tmp_path / "azure" / "__init__.py").write_text("", encoding="utf-8")  # hides the SDK
    done = subprocess.run(
        [sys.executable, "-m", "modelpress", "publish", "model", str(project.folder), "--format", "json"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **azure.environment, **environment_of(azure), "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert (error["message"], error["hint"]) == (
        "the Azure SDK is not installed",
        "Install it: pip install 'modelpress[azure]'",
    )


def test_own_checks_come_before_the_sdk_is_imported(project: Project) -> None:
    project.asset(version="1.0")
    code = (
        "import sys; from modelpress.cli.main import modelpress\n"
        "try: modelpress(['publish', 'model', sys.argv[1]])\n"
        "except SystemExit as end: print(end.code, 'azure' in sys.modules)"
    )
    names = dict.fromkeys(("SUBSCRIPTION_ID", "RESOURCE_GROUP", "WORKSPACE_NAME"), "x")
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.folder)],
        capture_output=True,
        text=True,
        env={**os.environ, **{f"MODELPRESS_AZURE_{name}": value for name, value in names.items()}},
        check=True,
    )
    assert done.stdout == "2 False\n"
