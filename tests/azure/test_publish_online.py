"""`modelpress publish online`, the real SDK, and the stand-in for Azure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deploying import ENDPOINT, FAILING, RIGHT, WRONG, EndpointProject, answering, online_project, planned
from publishing import Outcome, changes, publish
from standin import arrange, effects
from standin.answers import canned
from standin.client import Azure


@pytest.fixture
def project(tmp_path: Path) -> EndpointProject:
    return online_project(tmp_path / "deploy")


@pytest.fixture(autouse=True)
def right(azure: Azure) -> None:
    azure.answer(ENDPOINT, "blue", RIGHT)


@pytest.fixture
def live(azure: Azure, project: EndpointProject) -> EndpointProject:
    """The project after `blue` has got all traffic, with another model since."""
    assert online(azure, project).exit_code == 0
    project.new_model("model 2")
    return project


def online(azure: Azure, project: EndpointProject, *arguments: object, **settings: object) -> Outcome:
    return publish(azure, "online", project.folder, *arguments, **settings)


def traffic(azure: Azure) -> Mapping[str, int]:
    return {name: share for name, share in azure.endpoints()[ENDPOINT]["traffic"].items() if share}


def shares_seen(azure: Azure, name: str) -> list[int]:
    """The shares that a deployment has had, each once."""
    seen = [one.traffic.get(name, 0) for one in azure.traffic_history(ENDPOINT)]
    return list(dict.fromkeys(seen))


def test_the_first_time_everything_is_made(azure: Azure, project: EndpointProject) -> None:
    outcome = online(azure, project)
    assert outcome.exit_code == 0
    [artifact] = outcome.document["artifacts"]
    assert (artifact["type"], artifact["asset"], artifact["action"]) == ("online", f"{ENDPOINT}/blue", "create")
    assert artifact["uri"].endswith("/score")
    assert list(azure.models()) == ["digits:1"]
    assert list(azure.environments()) == ["digits-env:1"]
    assert traffic(azure) == {"blue": 100}
    deployment = azure.deployments(ENDPOINT)["blue"]
    assert deployment["provisioningState"] == "Succeeded"
    assert deployment["model"].endswith("/models/digits/versions/1")
    assert deployment["environmentId"].endswith("/environments/digits-env/versions/1")
    assert azure.traffic_gaps(ENDPOINT) == []


def test_the_second_time_nothing_changes(azure: Azure, project: EndpointProject) -> None:
    first = online(azure, project)
    before = changes(azure)
    again = online(azure, project)
    assert again.document["artifacts"][0] == {**first.document["artifacts"][0], "action": "keep"}
    assert changes(azure) == before


def test_without_the_state_file_nothing_changes_either(azure: Azure, project: EndpointProject) -> None:
    online(azure, project)
    before = changes(azure)
    project.state_file.unlink()
    assert online(azure, project).document["artifacts"][0]["action"] == "keep"
    assert changes(azure) == before


def test_a_dry_run_says_all_and_changes_nothing(azure: Azure, live: EndpointProject) -> None:
    before, state = changes(azure), live.state_file.read_bytes()
    outcome = online(azure, live, "--dry-run", "--traffic", "10,100", "--prune")
    steps = outcome.document["steps"]
    name = steps[3]["name"]
    assert [(one["kind"], one["action"]) for one in steps] == [
        ("model", "create"),
        ("environment", "keep"),
        ("endpoint", "keep"),
        ("deployment", "create"),
        ("traffic", "update"),
        ("traffic", "update"),
        ("deployment", "delete"),
    ]
    assert name.startswith("blue-")
    assert steps[3]["reason"] == "blue carries traffic"
    assert steps[3]["overlays"]["name"] == name
    assert [one["overlays"]["traffic"] for one in steps[4:6]] == [{"blue": 90, name: 10}, {name: 100}]
    assert changes(azure) == before
    assert live.state_file.read_bytes() == state


def test_the_dry_run_reads_well(azure: Azure, live: EndpointProject) -> None:
    text = online(azure, live, "--dry-run", as_json=False).stdout
    assert f"  would keep endpoint {ENDPOINT}: it exists, and its settings stay as they are\n" in text
    assert "100 %; " in text


def test_traffic_rises_step_by_step_and_the_previous_deployment_stays(azure: Azure, live: EndpointProject) -> None:
    name = answering(live, azure, RIGHT)
    assert online(azure, live, "--traffic", "10,50,100").exit_code == 0
    assert shares_seen(azure, name) == [0, 10, 50, 100]
    assert shares_seen(azure, "blue") == [0, 100, 90, 50]
    assert traffic(azure) == {name: 100}
    assert sorted(azure.deployments(ENDPOINT)) == ["blue", name]
    assert [one["deployment"] for one in azure.requests("POST", "/score$")][2:] == [name] * 4
    assert azure.traffic_gaps(ENDPOINT) == []


def test_prune_takes_our_older_deployments_alone(azure: Azure, live: EndpointProject) -> None:
    arrange.online_deployment(azure, ENDPOINT, "theirs")
    name = answering(live, azure, RIGHT)
    assert online(azure, live, "--prune").exit_code == 0
    assert sorted(azure.deployments(ENDPOINT)) == sorted([name, "theirs"])
    assert azure.traffic_gaps(ENDPOINT) == []


def test_the_older_content_comes_back_at_once(azure: Azure, live: EndpointProject) -> None:
    answering(live, azure, RIGHT)
    online(azure, live)
    live.new_model("model 1")
    before = len(azure.requests("PUT", "/deployments/"))
    assert online(azure, live).document["artifacts"][0]["asset"] == f"{ENDPOINT}/blue"
    assert len(azure.requests("PUT", "/deployments/")) == before
    assert traffic(azure) == {"blue": 100}


def test_a_canary_stays_where_it_is_told_and_rises_later(azure: Azure, live: EndpointProject) -> None:
    name = answering(live, azure, RIGHT)
    online(azure, live, "--traffic", "10")
    assert traffic(azure) == {"blue": 90, name: 10}
    assert online(azure, live, "--traffic", "10").document["artifacts"][0]["action"] == "keep"
    assert traffic(azure) == {"blue": 90, name: 10}
    online(azure, live, "--traffic", "10,40,100")
    assert shares_seen(azure, name) == [0, 10, 40, 100]
    assert azure.traffic_gaps(ENDPOINT) == []


@pytest.mark.parametrize(
    ("answer", "exit_code", "message"),
    [
        (WRONG, 3, "failed: output 'y'[1]: got 21.0, expected 20.0"),
        (canned({"outputs": []}, healthy=False), 3, "failed: the outputs are [], expected"),
        (canned("no", healthy=False), 3, "failed: the answer is no JSON object"),
        (FAILING, 6, "failed (HTTP 424): ValueError: no such input"),
        (canned({"error": {"message": "busy"}}, status=503), 6, "failed (HTTP 503): busy"),
    ],
)
def test_what_answers_wrongly_gets_no_traffic(
    azure: Azure, live: EndpointProject, answer: Any, exit_code: int, message: str
) -> None:
    name = answering(live, azure, answer)
    outcome = online(azure, live)
    assert outcome.exit_code == exit_code
    assert outcome.error["message"].startswith(f"testing deployment {name} {message}")
    assert ("--no-golden" in outcome.error["hint"]) == (answer is FAILING)
    assert shares_seen(azure, name) == [0]
    assert traffic(azure) == {"blue": 100}
    assert azure.traffic_gaps(ENDPOINT) == []
    azure.answer(ENDPOINT, name, RIGHT)
    assert online(azure, live).document["artifacts"][0]["action"] == "keep"
    assert traffic(azure) == {name: 100}


def test_what_answers_wrongly_under_traffic_is_rolled_back(azure: Azure, live: EndpointProject) -> None:
    name = answering(live, azure, RIGHT, RIGHT, WRONG)
    outcome = online(azure, live, "--traffic", "10,50,100")
    assert outcome.exit_code == 3
    assert outcome.error["message"].endswith(f"\nthe traffic of {ENDPOINT} is as before: blue 100 %")
    assert shares_seen(azure, name) == [0, 10, 50]
    assert traffic(azure) == {"blue": 100}
    assert live.state["operations"] == {}


def test_untested_is_possible(azure: Azure, project: EndpointProject) -> None:
    (project.folder / "golden" / "golden.json").unlink()
    assert online(azure, project, "--untested").exit_code == 0
    assert azure.requests("POST", "/score$") == []


def test_nobody_elses_traffic_is_lost(azure: Azure, project: EndpointProject) -> None:
    arrange.online_endpoint(azure, ENDPOINT)
    for name in ("one", "two"):
        arrange.online_deployment(azure, ENDPOINT, name)
    arrange.online_endpoint(azure, ENDPOINT, {"one": 70, "two": 30})
    assert online(azure, project, "--traffic", "15").exit_code == 0
    assert traffic(azure) == {"blue": 15, "one": 60, "two": 25}
    assert azure.traffic_gaps(ENDPOINT) == []


def test_an_existing_endpoint_keeps_its_settings(azure: Azure, live: EndpointProject) -> None:
    live.change("endpoint", description="Other words.")
    before = len(azure.requests("PUT", "/onlineEndpoints/[^/]*[?]"))
    answering(live, azure, RIGHT)
    assert online(azure, live, "--traffic", "50").exit_code == 0
    bodies = [one["body"] for one in azure.requests("PUT", "/onlineEndpoints/[^/]*[?]")][before:]
    assert [sum(body["properties"]["traffic"].values()) for body in bodies] == [100]
    assert "description" not in bodies[0]["properties"]


def test_an_environment_that_exists_is_taken(azure: Azure, project: EndpointProject) -> None:
    arrange.environment(azure, "theirs", "7")
    (project.folder / "azureml" / "online" / "environment.yml").unlink()
    project.change("deployment", environment="azureml:theirs@latest")
    assert online(azure, project).exit_code == 0
    assert azure.deployments(ENDPOINT)["blue"]["environmentId"].endswith("/environments/theirs/versions/7")
    assert list(azure.environments()) == ["theirs:7"]


def test_an_environment_of_a_registry_is_taken(azure: Azure, project: EndpointProject) -> None:
    (project.folder / "azureml" / "online" / "environment.yml").unlink()
    place = "azureml://registries/azureml/environments/sklearn-1.5/versions/20"
    project.change("deployment", environment=place)
    assert online(azure, project).exit_code == 0
    assert azure.deployments(ENDPOINT)["blue"]["environmentId"] == place


def test_an_environment_of_a_build_context_is_uploaded(azure: Azure, project: EndpointProject) -> None:
    build = {"path": "context", "dockerfile_path": "Dockerfile"}
    project.change("environment", image=None, conda_file=None, build=build)
    project.write("azureml/online/context/Dockerfile", "FROM x\n")
    assert online(azure, project).exit_code == 0
    uri = azure.environments()["digits-env:1"]["build"]["contextUri"]
    assert uri.endswith("/context/")
    project.write("azureml/online/context/Dockerfile", "FROM y\n")
    assert planned(azure, project).startswith("blue-")


def test_the_same_code_is_sent_once(azure: Azure, live: EndpointProject) -> None:
    answering(live, azure, RIGHT)
    sent = {one["name"] for one in azure.blobs()}
    online(azure, live)
    new = {one["name"].rpartition("/")[2] for one in azure.blobs()} - {one.rpartition("/")[2] for one in sent}
    assert new == set()
    assert len([one for one in azure.blobs() if one["name"].endswith("score.py")]) == 1


def test_conflicts_stop_everything(azure: Azure, live: EndpointProject) -> None:
    live.change("model", version="1")
    live.change("deployment", model="azureml:digits:1")
    before = changes(azure)
    outcome = online(azure, live)
    assert outcome.exit_code == 1
    assert outcome.error["message"] == "model digits, version 1: version 1 exists with other content"
    assert changes(azure) == before
    answering_next = online(azure, live, "--on-conflict", "next", "--untested")
    assert answering_next.exit_code == 0
    assert sorted(azure.models()) == ["digits:1", "digits:2"]


def test_the_operation_is_polled_as_the_service_asks(azure: Azure, project: EndpointProject) -> None:
    azure.operations(looks=4, retry_after_ms=20)
    assert online(azure, project, operation_retry_interval=30).exit_code == 0
    assert len(azure.requests("GET", "/mfeOperationsStatus/")) == 15


def test_where_the_operation_cannot_be_asked_the_thing_is_looked_at(azure: Azure, live: EndpointProject) -> None:
    azure.operations(looks=6)
    azure.fault("GET", "/mfeOperationsStatus/", effects.status(404), times=None)
    name = answering(live, azure, RIGHT)
    assert online(azure, live).exit_code == 0
    assert traffic(azure) == {name: 100}


def test_the_sdk_uploads_the_model_where_it_is_asked_to(azure: Azure, project: EndpointProject) -> None:
    assert online(azure, project, "--upload", "sdk").exit_code == 0
    uri = azure.models()["digits:1"]["modelUri"]
    assert "/LocalUpload/" in uri
    before = changes(azure)
    assert online(azure, project).exit_code == 0
    assert changes(azure) == before
