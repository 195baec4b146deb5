"""Whatever Azure does while models are registered: done once, or one clear error and a next run that goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from publishing import NAME, Project, blob_requests, make_project, publish, running
from standin import arrange, effects
from standin.client import Azure


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "deploy")


PASSING = {
    "429": effects.status(429, retry_after=0),
    "500": effects.status(500),
    "502": effects.status(502),
    "503": effects.status(503),
    "500 after all": effects.status(500, carried_out=True),
    "reset": effects.reset(),
    "lost answer": effects.lost_answer(),
    "half answer": effects.half_answer(),
    "slow": effects.slow(0.3),
}
PLACES = {
    "the workspace": ("GET", "/workspaces/[^/]*[?]"),
    "the versions": ("GET", "/models/.*/versions.*listviewtype"),
    "the datastore": ("GET", "/datastores/"),
    "the registration": ("PUT", "/models/.*/versions/1"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_overcome(azure: Azure, project: Project, fault: str, place: str) -> None:
    azure.fault(*PLACES[place], PASSING[fault])
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 0
    assert list(azure.models()) == [f"{NAME}:1"]
    assert len(blob_requests(azure)) == 2


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", [429, 503])
def test_what_lasts_is_one_error_and_the_next_run_goes_on(
    azure: Azure, project: Project, status: int, place: str
) -> None:
    azure.fault(*PLACES[place], effects.status(status), times=None)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 6
    assert f"failed (HTTP {status}, " in outcome.error["message"]
    assert "goes on where it stopped" in outcome.error["hint"]
    assert len(azure.requests(*PLACES[place])) == 3
    azure.clear_faults()
    assert publish(azure, "model", project.folder).exit_code == 0
    assert list(azure.models()) == [f"{NAME}:1"]
    assert len(blob_requests(azure)) == 2


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (400, "Correct what the service names"),
        (401, "az login"),
        (403, "AzureML Data Scientist"),
        (404, "Look at the names"),
        (409, "exists with other content"),
    ],
)
def test_a_refusal_is_final(azure: Azure, project: Project, status: int, hint: str) -> None:
    azure.fault("PUT", "/models/", effects.status(status), times=None)
    outcome = publish(azure, "model", project.folder)
    assert outcome.exit_code == 6
    assert outcome.error["code"] == "remote-failure"
    assert outcome.error["message"].startswith(f"registering model {NAME}, version 1 failed (HTTP {status}, ")
    assert hint in outcome.error["hint"]
    assert len(azure.requests("PUT", "/models/")) == 1


def test_the_pause_that_an_answer_asks_for_is_counted_down(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "/models/", effects.status(429, retry_after=1))
    outcome = publish(azure, "model", project.folder)
    assert outcome.stderr == f"registering model {NAME}, version 1: HTTP 429 TooManyRequests; try 2 of 3 in 1 s\n"
    first, second = (one["at"] for one in azure.requests("PUT", "/models/"))
    assert second - first >= 1


def test_an_answer_that_never_comes_ends_in_time(azure: Azure, project: Project) -> None:
    azure.fault("GET", "/models/", effects.hang(), times=None)
    outcome = publish(azure, "model", project.folder, read_timeout=1, max_operation_retries=1)
    assert outcome.error["message"] == f"looking for the model {NAME} failed: no answer within the time limit"
    assert "azure.read_timeout" in outcome.error["hint"]


def test_what_another_registered_meanwhile_is_not_overwritten(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "/models/", effects.status(503))
    with running(azure, "model", project.folder, operation_retry_interval=2) as child:
        child.wait_for("PUT", "/models/")
        arrange.model(azure, NAME, "1")
        outcome = child.end()
    assert outcome.exit_code == 6
    assert "already exists with other content" in outcome.stderr
    [(name, properties)] = azure.models().items()
    assert name == f"{NAME}:1"
    assert "/arranged/" in properties["modelUri"]


def test_several_assets_go_on_with_the_one_that_failed(azure: Azure, project: Project) -> None:
    project.asset(name="digits_cpu-cpu_2", path="../../model/model.onnx")
    azure.fault("PUT", "/models/digits_cpu-cpu_2/", effects.status(403), times=None)
    assert publish(azure, "model", project.folder).exit_code == 6
    assert list(azure.models()) == [f"{NAME}:1"]
    assert list(project.state["steps"]) == [f"model:{NAME}"]
    azure.clear_faults()
    actions = [one["action"] for one in publish(azure, "model", project.folder).document["artifacts"]]
    assert actions == ["keep", "create"]
    assert len(blob_requests(azure)) == 3


def test_the_uploads_of_the_sdk_are_tried_again_too(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "/models/", effects.lost_answer())
    assert publish(azure, "model", project.folder, "--upload", "sdk").exit_code == 0
    assert list(azure.models()) == [f"{NAME}:1"]
    assert len(blob_requests(azure)) == 2


def test_a_failed_folder_upload_of_the_sdk_ends(azure: Azure, project: Project) -> None:
    azure.fault("PUT", "metrics.json", effects.status(403), times=None)
    outcome = publish(azure, "model", project.folder, "--upload", "sdk")
    assert outcome.exit_code == 6
    assert azure.models() == {}
