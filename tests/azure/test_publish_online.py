"""`modelpress publish online`, the real SDK, and the stand-in for Azure."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying import ENDPOINT, RIGHT, EndpointProject, online_project
from publishing import Outcome, changes, publish
from standin.client import Azure


@pytest.fixture
def project(tmp_path: Path) -> EndpointProject:
    return online_project(tmp_path / "deploy")


@pytest.fixture(autouse=True)
def right(azure: Azure) -> None:
    azure.answer(ENDPOINT, "blue", RIGHT)


def online(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "online", project.folder, *arguments, **settings)


def test_the_first_time_everything_is_made(azure: Azure, project: EndpointProject) -> None:
    outcome = online(azure, project)
    assert outcome.exit_code == 0, outcome
    [artifact] = outcome.document["artifacts"]
    assert artifact["asset"] == f"{ENDPOINT}/blue"
    assert artifact["action"] == "created"[:-1]
    assert artifact["uri"].endswith("/score")
    assert list(azure.models()) == ["m:1"]
    assert list(azure.environments()) == ["e:1"]
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}
    deployment = azure.deployments(ENDPOINT)["blue"]
    assert deployment["provisioningState"] == "Succeeded"
    assert deployment["model"].endswith("/models/m/versions/1")
    assert deployment["environmentId"].endswith("/environments/e/versions/1")
    assert azure.traffic_gaps(ENDPOINT) == []


def test_the_second_time_nothing_changes(azure: Azure, project: EndpointProject) -> None:
    first = online(azure, project)
    before = changes(azure)
    again = online(azure, project)
    assert again.exit_code == 0
    assert again.document["artifacts"][0] == {**first.document["artifacts"][0], "action": "keep"}
    assert changes(azure) == before
