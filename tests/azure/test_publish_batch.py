"""`modelpress publish batch`, the real SDK, and the stand-in for Azure."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying import ENDPOINT, EndpointProject, batch_project, packaged, planned
from publishing import Outcome, changes, publish
from standin import arrange, effects
from standin.client import Azure


@pytest.fixture
def project(tmp_path: Path) -> EndpointProject:
    return batch_project(tmp_path / "deploy")


@pytest.fixture
def live(azure: Azure, project: EndpointProject) -> EndpointProject:
    """The project after `blue` has become the default deployment, with another model since."""
    assert batch(azure, project).exit_code == 0
    project.new_model("model 2")
    return project


def batch(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "batch", project.folder, *arguments, **settings)


def default(azure: Azure) -> str:
    return str(azure.batch_endpoints()[ENDPOINT]["defaults"]["deploymentName"])


def test_the_first_time_everything_is_made(azure: Azure, project: EndpointProject) -> None:
    outcome = batch(azure, project)
    assert outcome.exit_code == 0
    [artifact] = outcome.document["artifacts"]
    assert (artifact["type"], artifact["asset"]) == ("batch", f"{ENDPOINT}/blue")
    assert artifact["uri"].endswith("/jobs")
    deployment = azure.batch_deployments(ENDPOINT)["blue"]
    assert deployment["model"]["assetId"].endswith("/models/digits/versions/1")
    assert (deployment["miniBatchSize"], deployment["outputFileName"]) == (10, "predictions.csv")
    assert (deployment["retrySettings"]["maxRetries"], deployment["errorThreshold"]) == (3, -1)
    assert default(azure) == "blue"
    assert azure.requests("*", "/onlineEndpoints/[^/]*/deployments") == []
    assert azure.requests("PUT", "/onlineEndpoints") == []


def test_the_second_time_nothing_changes(azure: Azure, project: EndpointProject) -> None:
    batch(azure, project)
    before = changes(azure)
    assert batch(azure, project).document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before


def test_a_new_deployment_becomes_the_default_when_it_is_ready(azure: Azure, live: EndpointProject) -> None:
    name = planned(azure, live)
    assert name.startswith("blue-")
    assert batch(azure, live).exit_code == 0
    assert default(azure) == name
    assert sorted(azure.batch_deployments(ENDPOINT)) == ["blue", name]
    puts = [one["path"].rpartition("/")[2] for one in azure.requests("PUT", "/batchEndpoints/")]
    assert puts == [ENDPOINT, "blue", ENDPOINT, name, ENDPOINT]


def test_one_that_fails_does_not(azure: Azure, live: EndpointProject) -> None:
    name = planned(azure, live)
    azure.fault("PUT", f"/deployments/{name}", effects.failed_operation("BadArgument", "The cluster is gone."))
    outcome = batch(azure, live)
    assert outcome.exit_code == 6
    assert outcome.error["message"] == f"making deployment {name} failed: The cluster is gone."
    assert default(azure) == "blue"
    assert batch(azure, live).exit_code == 0
    assert default(azure) == name


def test_prune_takes_the_older_one(azure: Azure, live: EndpointProject) -> None:
    name = planned(azure, live)
    assert batch(azure, live, "--prune").exit_code == 0
    assert list(azure.batch_deployments(ENDPOINT)) == [name]


def test_secrets_reach_the_job(azure: Azure, project: EndpointProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", f"{azure.marker}-env")
    settings = {"mini_batch_size": 5, "environment_variables": {"API": "${env:API_TOKEN}"}}
    project.change("deployment", settings=settings)
    assert batch(azure, project).exit_code == 0
    assert azure.batch_deployments(ENDPOINT)["blue"]["environmentVariables"] == {"API": f"{azure.marker}-env"}


def test_a_package_is_deployed(azure: Azure, project: EndpointProject) -> None:
    assert batch(azure, packaged(project)).exit_code == 0
    [request] = azure.requests("POST", "/package")
    assert request["body"]["inferencingServer"]["serverType"].lower() == "azuremlbatch"
    assert azure.batch_deployments(ENDPOINT)["blue"]["environmentId"].endswith("/environments/packed/versions/1")


def test_an_online_endpoint_of_that_name(azure: Azure, project: EndpointProject) -> None:
    arrange.online_endpoint(azure, ENDPOINT)
    outcome = batch(azure, project)
    assert outcome.exit_code == 2
    expected = f"the endpoint {ENDPOINT} exists as an online endpoint, not as a batch one"
    assert outcome.error["message"] == expected
    assert outcome.error["hint"] == "Choose another endpoint_name and render again."
    assert changes(azure) == []


def test_a_compute_that_is_not_there(azure: Azure, project: EndpointProject) -> None:
    project.change("deployment", compute="azureml:gpu-cluster")
    outcome = batch(azure, project)
    assert outcome.exit_code == 6
    assert "The compute was not found" in outcome.error["message"]
