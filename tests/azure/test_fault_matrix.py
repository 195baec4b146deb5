"""Every kind of fault at every request that matters, while one deployment serves and another takes over.

Whatever happens: requests are answered all the time, nothing is registered or deployed twice, and
a run that ends without success is made up for by the next one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying import ENDPOINT, RIGHT, EndpointProject, online_project
from publishing import Outcome, publish, running
from standin import arrange, effects
from standin.client import Azure

PASSING = {
    "429": effects.status(429, retry_after=0),
    "503": effects.status(503),
    "500 after all": effects.status(500, carried_out=True),
    "reset": effects.reset(),
    "lost answer": effects.lost_answer(),
    "slow": effects.slow(0.05),
}
LOOKING = {
    "workspace": ("GET", "/standin-workspace[?]"),
    "endpoint": ("GET", f"/onlineEndpoints/{ENDPOINT}[?]"),
    "operation": ("GET", "/mfeOperationsStatus/"),
    "keys": ("POST", "/listKeys"),
}
CHANGING = {
    "blob of the model": ("PUT", "/model/model.onnx"),
    "blob of the code": ("PUT", "/scoring/score.py"),
    "model": ("PUT", "/models/digits/versions/1"),
    "environment": ("PUT", "/environments/digits-env/versions/1"),
    "code": ("PUT", "/codes/"),
    "deployment": ("PUT", "/deployments/blue"),
    "traffic": ("PUT", f"/onlineEndpoints/{ENDPOINT}[?]"),
    "scoring": ("POST", "/score$"),
}
PLACES = {**LOOKING, **CHANGING}
READ_FAULTS = ("429", "503", "reset")


@pytest.fixture
def project(azure: Azure, tmp_path: Path) -> EndpointProject:
    """A project beside a deployment `old` that has all the traffic."""
    arrange.online_endpoint(azure, ENDPOINT)
    arrange.online_deployment(azure, ENDPOINT, "old")
    arrange.online_endpoint(azure, ENDPOINT, {"old": 100})
    azure.answer(ENDPOINT, "blue", RIGHT)
    return online_project(tmp_path / "deploy")


def online(azure: Azure, project: EndpointProject, *arguments: object) -> Outcome:
    return publish(azure, "online", project.folder, "--traffic", "50,100", *arguments)


def check_nothing_lost(azure: Azure) -> None:
    """At every moment, what answers well had all the traffic."""
    assert azure.traffic_gaps(ENDPOINT) == []
    shares = [sum(one.traffic.values()) for one in azure.traffic_history(ENDPOINT)]
    assert set(shares[shares.index(100) :]) == {100}


def check_done_once(azure: Azure) -> None:
    """All is there, once, and another run would change nothing."""
    assert sorted(azure.models()) == ["digits:1", "m:1"]
    assert sorted(azure.environments()) == ["digits-env:1", "e:1"]
    assert sorted(azure.deployments(ENDPOINT)) == ["blue", "old"]
    assert azure.deployments(ENDPOINT)["blue"]["provisioningState"] == "Succeeded"
    assert azure.endpoints()[ENDPOINT]["traffic"] == {"blue": 100}
    check_nothing_lost(azure)


def deployed(azure: Azure) -> int:
    """How often the service began to deploy blue."""
    return len([one for one in azure.operations() if one["subject"].endswith("/deployments/blue")])


def moved(azure: Azure) -> list[int]:
    """The shares that blue has had."""
    return list(dict.fromkeys(one.traffic.get("blue", 0) for one in azure.traffic_history(ENDPOINT)))


CASES = [(place, fault) for place in LOOKING for fault in READ_FAULTS]
CASES += [(place, fault) for place in CHANGING for fault in PASSING]


@pytest.mark.parametrize(("place", "fault"), CASES)
def test_what_passes_is_overcome(azure: Azure, project: EndpointProject, place: str, fault: str) -> None:
    azure.fault(*PLACES[place], PASSING[fault])
    outcome = online(azure, project)
    assert outcome.exit_code == 0, outcome
    check_done_once(azure)
    assert deployed(azure) == 1
    assert moved(azure) == [0, 50, 100]


@pytest.mark.parametrize("place", PLACES)
def test_what_lasts_is_one_error_and_the_next_run_goes_on(azure: Azure, project: EndpointProject, place: str) -> None:
    azure.fault(*PLACES[place], effects.status(503), times=None)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert "HTTP 503" in outcome.error["message"]
    check_nothing_lost(azure)
    azure.clear_faults()
    assert online(azure, project).exit_code == 0
    check_done_once(azure)
    assert deployed(azure) == 1


@pytest.mark.parametrize("place", ["deployment", "traffic"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("ending", ["Failed", "Canceled"])
def test_operations_that_do_not_succeed(
    azure: Azure, project: EndpointProject, place: str, nth: int, ending: str
) -> None:
    failed = effects.failed_operation("InternalServerError", "Something broke.")
    effect = failed if ending == "Failed" else effects.canceled_operation()
    azure.fault(*PLACES[place], effect, nth=nth)
    first = online(azure, project)
    reached = place == "traffic" or nth == 1
    assert first.exit_code == (6 if reached else 0)
    check_nothing_lost(azure)
    if reached:
        assert azure.endpoints()[ENDPOINT]["traffic"] == {"old": 100}
    assert online(azure, project).exit_code == 0
    check_done_once(azure)


@pytest.mark.parametrize("place", ["blob of the model", "blob of the code"])
@pytest.mark.parametrize("fault", ["expired", "half"])
def test_uploads_that_break(azure: Azure, project: EndpointProject, place: str, fault: str) -> None:
    azure.fault(*PLACES[place], effects.expired_signature() if fault == "expired" else effects.half_upload(3))
    assert online(azure, project).exit_code == 0
    check_done_once(azure)


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("place", ["model", "environment", "code", "deployment", "traffic"])
def test_what_is_refused_is_not_forced(azure: Azure, project: EndpointProject, place: str, status: int) -> None:
    azure.fault(*PLACES[place], effects.status(status), times=None)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert f"failed (HTTP {status}, " in outcome.error["message"]
    assert len(azure.requests(*PLACES[place])) <= 3
    check_nothing_lost(azure)
    azure.clear_faults()
    assert online(azure, project).exit_code == 0
    check_done_once(azure)


@pytest.mark.parametrize(
    ("place", "nth"),
    [
        ("blob of the model", 1),
        ("model", 1),
        ("code", 1),
        ("deployment", 1),
        ("operation", 1),
        ("scoring", 1),
        ("traffic", 1),
        ("scoring", 2),
        ("traffic", 2),
        ("operation", 5),
    ],
)
def test_killed_at_any_step_the_next_run_goes_on(azure: Azure, project: EndpointProject, place: str, nth: int) -> None:
    azure.fault(*PLACES[place], effects.Effect(delay=None, cut="done"), nth=nth)
    with running(azure, "online", project.folder, "--traffic", "50,100", operation_retry_interval=0) as child:
        child.wait_for(*PLACES[place], count=nth)
        child.kill()
    check_nothing_lost(azure)
    assert online(azure, project).exit_code == 0
    check_done_once(azure)
    assert deployed(azure) == 1
