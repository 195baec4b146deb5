"""`modelpress package` with every packaging type of an Olive configuration, published where it says Azure ML."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from publishing import changes, names_of, pointed_to
from standin import arrange
from standin.answers import served_by_azure
from standin.client import Azure

from modelpress.cli.main import modelpress
from modelpress.proving.environments import environment_for

RUN = Path(__file__).parents[2] / "examples/olive-run/run"
SERVER = {"type": "AzureMLOnline"}
SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"


@pytest.fixture(scope="session")
def azure_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python that Azure would make of the rendered requirements: it has Azure ML's inference server."""
    project = tmp_path_factory.mktemp("requirements") / "project"
    given = ["render", str(RUN), "-t", "candidate", "-t", "azure-online", "-o", str(project), "--no-golden"]
    assert CliRunner().invoke(modelpress, given).exit_code == 0
    return str(environment_for(project / "scoring/requirements.txt"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A copy of a run, so that what is written beside it is the test's own."""
    return Path(shutil.copytree(RUN, tmp_path / "run"))


def package(azure: Azure, run: Path, packages: list[dict[str, Any]], *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the document of a run of the command on this configuration of Olive's."""
    config = {"packaging_config": packages, "azureml_client": {**names_of(azure), "operation_retry_interval": 0}}
    file = run / "packaging.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    given = ["package", str(run), "-c", str(file), "-o", str(run.parent / "out"), "--format", "json", *arguments]
    with pointed_to(azure):
        result = CliRunner().invoke(modelpress, given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert azure.marker not in result.stdout + result.stderr
    return result.exit_code, json.loads(result.stdout)


def deployment(**model_package: Any) -> dict[str, Any]:
    return {
        "type": "AzureMLDeployment",
        "config": {
            "model_name": "digits",
            "model_package": {"inferencing_server": SERVER, **model_package},
            "deployment_config": {
                "endpoint_name": "digits-endpoint",
                "deployment_name": "blue",
                "instance_type": "Standard_DS3_v2",
            },
        },
    }


def test_every_type_at_once(azure: Azure, run: Path) -> None:
    types: list[dict[str, Any]] = [
        {"type": "Zipfile", "include_runtime_packages": False},
        {"type": "Dockerfile"},
        {"type": "AzureMLModels", "name": "digits"},
        {"type": "AzureMLData", "name": "digits"},
    ]
    code, document = package(azure, run, types, "--dry-run")
    assert code == 0
    assert changes(azure) == []
    assert not (run.parent / "out").exists()
    planned = [len(one.get("steps", one.get("files"))) for one in document["artifacts"]]
    assert planned[2:] == [4, 4]
    code, document = package(azure, run, types)
    assert code == 0, document
    zipped, built, *assets = document["artifacts"]
    assert all("content_sha256" in one for one in document["artifacts"])
    assert Path(zipped["path"]).name == "OutputModels.zip"
    assert sorted(one.name for one in Path(built["path"]).iterdir()) == [
        ".dockerignore",
        "Dockerfile",
        "compose.yaml",
        "docker_content",
        "modelpress.lock",
    ]
    expected = [f"azureml:digits_cpu-cpu_{k}:1" for k in (1, 2, 3, 4)]
    published = [(type_, asset) for type_ in ("AzureMLModels", "AzureMLData") for asset in expected]
    assert [(one["type"], one["asset"]) for one in assets] == published
    assert sorted(azure.models()) == sorted(one.removeprefix("azureml:") for one in expected)
    _, again = package(azure, run, types[2:])
    assert {one["action"] for one in again["artifacts"]} == {"keep"}


@pytest.mark.parametrize("packaging", ["package", "direct"])
def test_the_best_candidate_is_deployed_and_answers_as_it_should(
    azure: Azure, run: Path, azure_python: str, packaging: str
) -> None:
    azure.answer("digits-endpoint", "blue", served_by_azure(azure_python))
    wanted = deployment()
    wanted["config"]["packaging"] = packaging
    code, document = package(azure, run, [wanted])
    assert code == 0, document
    [artifact] = document["artifacts"]
    assert (artifact["type"], artifact["asset"]) == ("AzureMLDeployment", "digits-endpoint/blue")
    assert azure.endpoints()["digits-endpoint"]["traffic"] == {"blue": 100}
    assert azure.traffic_gaps("digits-endpoint") == []
    assert list(azure.models()) == ["digits:1"]


def test_code_of_ones_own_goes_in_place_of_the_rendered_one(azure: Azure, run: Path) -> None:
    code_folder = run / "code"
    code_folder.mkdir()
    (code_folder / "own.py").write_text(SCRIPT, encoding="utf-8")
    wanted = deployment(inferencing_server={**SERVER, "code_folder": "code", "scoring_script": "own.py"})
    code, document = package(azure, run, [wanted], "--dry-run")
    assert code == 0, document
    (code_folder / "own.py").write_text("def run(data):\n    return data\n", encoding="utf-8")
    code, document = package(azure, run, [wanted], "--dry-run")
    assert code == 2
    assert "init" in document["error"]["message"]
    assert changes(azure) == []


def test_a_conflict_fails_before_anything_is_written(azure: Azure, run: Path) -> None:
    arrange.model(azure, "digits_cpu-cpu_1", "1")
    types: list[dict[str, Any]] = [
        {"type": "Zipfile", "include_runtime_packages": False},
        {"type": "AzureMLModels", "name": "digits"},
    ]
    code, document = package(azure, run, types, "--dry-run")
    assert code == 1
    assert [one["action"] for one in document["artifacts"][1]["steps"]].count("conflict") == 1
    code, document = package(azure, run, types)
    assert code == 1
    assert "version 1 exists" in document["error"]["message"]
    assert not (run.parent / "out").exists()
    code, document = package(azure, run, types, "--on-conflict", "next")
    assert code == 0
    assert "digits_cpu-cpu_1:2" in azure.models()


def test_a_deployment_needs_a_configuration(tmp_path: Path) -> None:
    result = CliRunner().invoke(modelpress, ["package", str(RUN), "--type", "AzureMLDeployment", "-o", str(tmp_path)])
    assert result.exit_code == 2


def test_two_packages_for_one_endpoint_are_refused(azure: Azure, run: Path) -> None:
    other = deployment()
    other["config"]["deployment_config"] |= {"deployment_name": "green", "instance_type": "Standard_DS4_v2"}
    code, document = package(azure, run, [deployment(), other])
    assert code == 2
    assert "endpoint digits-endpoint" in document["error"]["message"]
    models = [{"type": "AzureMLModels", "name": "digits"}, {"type": "AzureMLModels", "name": "Digits"}]
    code, document = package(azure, run, models)
    assert code == 2
    assert "name Digits" in document["error"]["message"]
    assert changes(azure) == []
    models[1]["version"] = "2"
    code, document = package(azure, run, models, "--dry-run")
    assert code == 0, document


def test_without_golden_vectors_a_deployment_is_not_tested(azure: Azure, run: Path) -> None:
    code, document = package(azure, run, [deployment()], "--no-golden")
    assert code == 0, document
    assert list(document["artifacts"][0]) == ["type", "asset", "action", "uri", "content_sha256"]
    assert azure.requests("POST", "/score$") == []
    assert azure.endpoints()["digits-endpoint"]["traffic"] == {"blue": 100}


def test_a_folder_that_cannot_be_made_is_an_error_before_anything_is_published(azure: Azure, run: Path) -> None:
    (run.parent / "out").write_text("a file")
    for arguments in (["--dry-run"], []):
        code, document = package(azure, run, [{"type": "AzureMLModels", "name": "digits"}], *arguments)
        assert code == 1
        assert "is not a folder" in document["error"]["message"]
    assert changes(azure) == []
