"""Packaging before an online deployment: the service builds one environment, once, whatever becomes of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying import ENDPOINT, RIGHT, EndpointProject, answering, online_project, packaged
from publishing import Outcome, changes, publish, running
from standin import arrange, effects
from standin.client import Azure


@pytest.fixture
def project(azure: Azure, tmp_path: Path) -> EndpointProject:
    azure.answer(ENDPOINT, "blue", RIGHT)
    return packaged(online_project(tmp_path / "deploy"))


def online(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "online", project.folder, *arguments, **settings)


def package_of(azure: Azure, name: str = "blue") -> str:
    return str(azure.deployments(ENDPOINT)[name]["environmentId"]).rpartition("/environments/")[2]


def test_a_package_is_made_and_deployed(azure: Azure, project: EndpointProject) -> None:
    assert online(azure, project).exit_code == 0
    [request] = azure.requests("POST", "/package")
    body = request["body"]
    assert body["targetEnvironmentId"].endswith("/environments/packed")
    assert body["baseEnvironmentSource"]["resourceId"].endswith("/environments/digits-env/versions/1")
    assert body["inferencingServer"]["codeConfiguration"]["scoringScript"] == "score.py"
    assert package_of(azure) == "packed/versions/1"
    deployment = azure.deployments(ENDPOINT)["blue"]
    assert (deployment.get("model"), deployment.get("codeConfiguration")) == (None, None)


def test_the_second_time_nothing_changes(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    before = changes(azure)
    assert online(azure, project).document["artifacts"][0]["action"] == "keep"
    project.state_file.unlink()
    assert online(azure, project).document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before


def test_another_model_is_another_package(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    project.new_model("model 2")
    name = answering(project, azure, RIGHT)
    online(azure, project)
    assert package_of(azure, name) == "packed/versions/2"


def test_a_given_version_is_made_once(azure: Azure, project: EndpointProject) -> None:
    project.change("package", target_environment="azureml:packed:5")
    azure.fault("PUT", "/deployments/blue", effects.failed_operation("BadArgument", "No luck."))
    assert online(azure, project).exit_code == 6
    assert online(azure, project).exit_code == 0
    assert len(azure.requests("POST", "/package")) == 1
    assert package_of(azure) == "packed/versions/5"


def test_a_given_version_with_other_content_is_a_conflict(azure: Azure, project: EndpointProject) -> None:
    arrange.environment(azure, "packed", "5")
    project.change("package", target_environment="azureml:packed:5")
    outcome = online(azure, project)
    assert outcome.exit_code == 1
    assert outcome.error["message"] == "package packed, version 5: version 5 exists with other content"
    assert changes(azure) == []
    assert online(azure, project, "--on-conflict", "next").exit_code == 0
    assert package_of(azure) == "packed/versions/6"


@pytest.mark.parametrize("effect", [effects.lost_answer(), effects.status(500, carried_out=True)])
def test_a_lost_answer_builds_nothing_twice(azure: Azure, project: EndpointProject, effect: effects.Effect) -> None:
    azure.operations(looks=1000)
    azure.fault("POST", "/package", effect)
    with running(azure, "online", project.folder, operation_retry_interval=0) as child:
        child.wait_for("POST", "/package")
        child.wait_for("GET", "/environments/packed/", count=3)
        azure.operations(looks=1)
        azure.end_operations()
        assert child.end().exit_code == 0
    assert len(azure.requests("POST", "/package")) == 1
    assert package_of(azure) == "packed/versions/1"


def test_half_an_answer_is_enough(azure: Azure, project: EndpointProject) -> None:
    azure.fault("POST", "/package", effects.half_answer())
    assert online(azure, project).exit_code == 0
    assert len(azure.requests("POST", "/package")) == 1


def test_a_request_that_came_to_nothing_is_sent_anew_by_the_next_run(azure: Azure, project: EndpointProject) -> None:
    azure.fault("POST", "/package", effects.status(500))
    outcome = online(azure, project, "--time-limit", "0.02")
    assert outcome.exit_code == 6
    assert outcome.error["message"] == (
        "the answer to the request for package packed was lost, and within the time limit no version has appeared"
    )
    assert "the next run asks for the package anew" in outcome.error["hint"]
    assert online(azure, project).exit_code == 0
    assert [one["status"] for one in azure.requests("POST", "/package")] == [500, 202]


def test_killed_while_it_is_built_it_is_waited_for(azure: Azure, project: EndpointProject) -> None:
    azure.fault("POST", "/package", effects.endless_operation())
    with running(azure, "online", project.folder, operation_retry_interval=0) as child:
        child.wait_for("GET", "/mfeOperationsStatus/", count=2)
        child.kill()
    azure.end_operations()
    assert online(azure, project).exit_code == 0
    assert len(azure.requests("POST", "/package")) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_again(azure: Azure, project: EndpointProject, status: int) -> None:
    azure.fault("POST", "/package", effects.status(status, retry_after=0))
    assert online(azure, project).exit_code == 0
    assert [one["status"] for one in azure.requests("POST", "/package")] == [status, 202]


def test_a_build_that_fails_says_why_and_is_begun_anew(azure: Azure, project: EndpointProject) -> None:
    details = [{"code": "ImageBuildFailure", "message": "no matching distribution for nothing", "details": []}]
    failed = effects.failed_operation("BadArgument", "Packaging failed", details=details)
    azure.fault("POST", "/package", failed)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    expected = "making package packed failed: Packaging failed; no matching distribution for nothing"
    assert outcome.error["message"] == expected
    assert "could not be built" in outcome.error["hint"]
    assert azure.endpoints() == {}
    assert online(azure, project).exit_code == 0
    assert len(azure.requests("POST", "/package")) == 2


def test_what_the_service_refuses_is_final(azure: Azure, project: EndpointProject) -> None:
    azure.fault("POST", "/package", effects.status(403), times=None)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert outcome.error["message"].startswith("packaging model digits, version 1 failed (HTTP 403, ")
    assert len(azure.requests("POST", "/package")) == 1


def test_secrets_of_the_package(azure: Azure, project: EndpointProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", f"{azure.marker}-env")
    project.change("package", environment_variables={"API": "${env:API_TOKEN}"})
    assert online(azure, project).exit_code == 0
    [request] = azure.requests("POST", "/package")
    assert request["body"]["environmentVariables"] == {"API": f"{azure.marker}-env"}
