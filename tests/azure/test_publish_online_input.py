"""What cannot work is said in one message with one hint, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from deploying import ENDPOINT, EndpointProject, online_project, packaged
from publishing import Outcome, changes, publish
from standin import arrange, effects
from standin.client import Azure

RENDER = "Render the project again."
NAME = "3 to 32 ASCII letters, digits and hyphens, beginning with a letter and not ending with a hyphen"


@pytest.fixture
def project(tmp_path: Path) -> EndpointProject:
    return online_project(tmp_path / "deploy")


def online(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "online", project.folder, *arguments, **settings)


def check_refused(azure: Azure, outcome: Outcome, message: str, hint: str, *, exit_code: int = 2) -> None:
    assert (outcome.exit_code, outcome.error["message"], outcome.error["hint"]) == (exit_code, message, hint)
    assert changes(azure) == []


Break = Callable[[EndpointProject], object]


@pytest.mark.parametrize(
    ("break_it", "message", "hint"),
    [
        (
            lambda project: (project.folder / "scoring" / "score.py").unlink(),
            "azureml/online/deployment.yml:7: code_configuration.code: is no folder of the project",
            "Name one relative to this file.",
        ),
        (
            lambda project: project.change("model", version="1.0"),
            "azureml/online/model.yml:8: version: '1.0' must be a whole number, as 1",
            "Leave it out for the next one.",
        ),
        (
            lambda project: project.write("scoring/score.py", "def run(text):\n    return text\n"),
            "scoring/score.py: does not define init()",
            "The server calls init() once and run(data) for each request: define both.",
        ),
        (
            lambda project: project.change("deployment", instance_type="big one"),
            "azureml/online/deployment.yml:10: instance_type: must be the size of a virtual machine",
            "As Standard_DS3_v2.",
        ),
        (
            lambda project: (project.folder / "golden" / "golden.json").unlink(),
            "the project has no golden/golden.json, so that a deployment could not be tested before it gets traffic",
            "Render it with golden vectors. `publish --untested` and `package --no-golden` leave the test out.",
        ),
        (
            lambda project: project.write("golden/golden.json", "{}"),
            "golden/golden.json is damaged or of another version",
            RENDER,
        ),
        (
            lambda project: project.change("deployment", environment_variables={"A": "${env:NOT_SET_ANYWHERE}"}),
            "the environment variable NOT_SET_ANYWHERE is not set, and the deployment refers to it",
            "Set NOT_SET_ANYWHERE where modelpress runs.",
        ),
        (
            lambda project: project.change("deployment", environment_variables={"A": "${keyvault:db}"}),
            "the deployment refers to a Key Vault, and none is named",
            "Set azure.keyvault_name (keyvault_name of azureml_client in an Olive file).",
        ),
        (
            lambda project: packaged(project, target="azureml:packed:1.0"),
            (
                "azureml/online/package.yml:2: target_environment: must be the name of an "
                "environment, or azureml:NAME:VERSION with a whole number"
            ),
            "The service registers the package under it.",
        ),
    ],
    ids=["script", "version", "init", "instance", "golden", "damaged", "env", "vault", "target"],
)
def test_a_wrong_project(azure: Azure, project: EndpointProject, break_it: Break, message: str, hint: str) -> None:
    break_it(project)
    exit_code = 1 if "damaged" in message else 2
    check_refused(azure, online(azure, project), message, hint, exit_code=exit_code)
    assert azure.requests() == []


def test_an_endpoint_name_that_is_too_short(azure: Azure, project: EndpointProject) -> None:
    project.change("endpoint", name="ab")
    project.change("deployment", endpoint_name="ab")
    outcome = online(azure, project)
    assert outcome.exit_code == 2
    assert f"azureml/online/endpoint.yml:2: name: must be {NAME}" in outcome.error["message"]
    assert azure.requests() == []


@pytest.mark.parametrize("missing", ["subscription_id", "resource_group", "workspace_name"])
def test_no_workspace(azure: Azure, project: EndpointProject, missing: str) -> None:
    outcome = online(azure, project, **{missing: ""})
    assert outcome.exit_code == 2
    assert outcome.error["message"] == f"no Azure workspace is named: there is no {missing}"
    assert azure.requests() == []


def test_no_credential(azure: Azure, project: EndpointProject) -> None:
    azure.fault("GET", "/msi/token", effects.status(400), times=None)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert "az login" in outcome.error["hint"]
    assert changes(azure) == []


def test_an_endpoint_of_another_kind(azure: Azure, project: EndpointProject) -> None:
    arrange.batch_endpoint(azure, ENDPOINT)
    message = f"the endpoint {ENDPOINT} exists as a batch endpoint, not as an online one"
    check_refused(azure, online(azure, project), message, "Choose another endpoint_name and render again.")


def test_an_environment_that_is_not_there(azure: Azure, project: EndpointProject) -> None:
    (project.folder / "azureml" / "online" / "environment.yml").unlink()
    project.change("deployment", environment="azureml:nothing:1")
    message = "azureml/online/deployment.yml:5: environment: the workspace has no such environment: azureml:nothing:1"
    hint = "Name one that exists, or leave base_environment_id out."
    check_refused(azure, online(azure, project), message, hint)


def test_a_project_without_an_endpoint(azure: Azure, project: EndpointProject) -> None:
    outcome = publish(azure, "batch", project.folder)
    assert outcome.exit_code == 2
    assert outcome.error["message"] == ("the project has no azureml/batch/*.yml")
    assert outcome.error["hint"] == "Render it with the template set azure-batch: -t azure-batch."
    assert azure.requests() == []


@pytest.mark.parametrize("shares", ["", "0,100", "50,10", "10,10", "101", "ten", "10;20"])
def test_shares_that_do_not_rise(azure: Azure, project: EndpointProject, shares: str) -> None:
    outcome = online(azure, project, "--traffic", shares)
    assert outcome.exit_code == 2
    assert f"{shares!r} must be rising whole percentages from 1 to 100, as 10,50,100" in outcome.stdout + outcome.stderr


def test_a_damaged_state_file(azure: Azure, project: EndpointProject) -> None:
    project.state_file.write_text("{", encoding="utf-8")
    outcome = online(azure, project)
    assert outcome.exit_code == 1
    assert outcome.error["message"].endswith("deploy.publish.json is damaged: no JSON")
    assert azure.requests() == []
