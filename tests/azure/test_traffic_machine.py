"""Traffic under attack: whatever fails at whatever step, in whatever order, somebody healthy answers every request."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from deploying import ENDPOINT, RIGHT, WRONG, EndpointProject, online_project, planned
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from publishing import Outcome, publish
from standin import arrange, effects
from standin.client import Azure

from modelpress.executors.azure.naming import suffixed
from modelpress.executors.azure.traffic import Ramp, divided, ramp_of
from modelpress.executors.azure.waiting import Waiting

RAMP = (10, 50, 100)
TRAFFIC_PUT = ("PUT", f"/onlineEndpoints/{ENDPOINT}[?]")
SCORING = ("POST", "/score$")
FAILURES = {
    "refused": effects.status(400),
    "unavailable": effects.status(503),
    "broken": effects.status(500),
    "failed": effects.failed_operation("InternalServerError", "Something broke."),
    "canceled": effects.canceled_operation(),
}


def online(azure: Azure, project: EndpointProject, ramp: tuple[int, ...] = RAMP) -> Outcome:
    return publish(azure, "online", project.folder, "--traffic", ",".join(map(str, ramp)))


def traffic(azure: Azure) -> dict[str, int]:
    return {name: share for name, share in azure.endpoints()[ENDPOINT]["traffic"].items() if share}


@pytest.fixture
def project(azure: Azure, tmp_path: Path) -> EndpointProject:
    """A project beside a deployment `old` that has all the traffic."""
    arrange.online_endpoint(azure, ENDPOINT)
    arrange.online_deployment(azure, ENDPOINT, "old")
    arrange.online_endpoint(azure, ENDPOINT, {"old": 100})
    azure.answer(ENDPOINT, "blue", RIGHT)
    return online_project(tmp_path / "deploy")


@pytest.mark.parametrize("step", range(1, len(RAMP) + 1))
@pytest.mark.parametrize("failure", FAILURES)
def test_a_step_that_fails_is_taken_back(azure: Azure, project: EndpointProject, step: int, failure: str) -> None:
    # As often as it is tried, and not at all when the traffic is put back.
    times = 3 if failure in {"unavailable", "broken"} else 1
    azure.fault(*TRAFFIC_PUT, FAILURES[failure], nth=step, times=times)
    outcome = online(azure, project)
    assert outcome.exit_code == 6
    assert f"the traffic of {ENDPOINT} is as before: old 100 %" in outcome.error["message"]
    assert traffic(azure) == {"old": 100}
    assert azure.traffic_gaps(ENDPOINT) == []
    assert online(azure, project).exit_code == 0
    assert traffic(azure) == {"blue": 100}
    assert azure.traffic_gaps(ENDPOINT) == []


@pytest.mark.parametrize("step", range(1, len(RAMP) + 1))
def test_what_turns_bad_under_traffic_is_taken_back(azure: Azure, project: EndpointProject, step: int) -> None:
    azure.answer(ENDPOINT, "blue", *[RIGHT] * step, WRONG)
    assert online(azure, project).exit_code == 3
    assert traffic(azure) == {"old": 100}
    # Only what had turned bad, with no more than its share, and no longer than until it was tested.
    harmed = {100 - one.healthy_share for one in azure.traffic_gaps(ENDPOINT)}
    assert harmed <= {0, *RAMP[:step]}
    assert azure.traffic_history(ENDPOINT)[-1].healthy_share == 100


@pytest.mark.parametrize("place", [TRAFFIC_PUT, SCORING], ids=["traffic", "scoring"])
@pytest.mark.parametrize("step", range(1, len(RAMP) + 1))
def test_interrupted_at_a_step_the_next_run_goes_on(
    azure: Azure, project: EndpointProject, step: int, place: tuple[str, str]
) -> None:
    with interrupted_at(azure, *place, step):
        assert online(azure, project).exit_code == 130
    assert azure.traffic_gaps(ENDPOINT) == []
    before = len(azure.requests(*TRAFFIC_PUT))
    assert online(azure, project).exit_code == 0
    assert traffic(azure) == {"blue": 100}
    assert azure.traffic_gaps(ENDPOINT) == []
    assert before + len(azure.requests(*TRAFFIC_PUT)[before:]) == len(RAMP)


@pytest.mark.parametrize("step", range(1, len(RAMP)))
def test_left_half_way_it_is_taken_back_for_another_content(azure: Azure, project: EndpointProject, step: int) -> None:
    with interrupted_at(azure, *TRAFFIC_PUT, step):
        online(azure, project)
    project.new_model("model 2")
    name = planned(azure, project)
    azure.answer(ENDPOINT, name, RIGHT)
    assert online(azure, project).exit_code == 0
    assert traffic(azure) == {name: 100}
    assert all(set(one.traffic) <= {"old", "blue", name} for one in azure.traffic_history(ENDPOINT))
    assert azure.traffic_gaps(ENDPOINT) == []


def test_what_somebody_else_moves_meanwhile_stays(azure: Azure, project: EndpointProject) -> None:
    arrange.online_deployment(azure, ENDPOINT, "theirs")
    theirs = {"old": 40, "theirs": 60}

    def move(_: object, deployment: str) -> None:
        assert deployment == "blue"
        arrange.online_endpoint(azure, ENDPOINT, theirs)

    with mock.patch("modelpress.executors.azure.scoring_test.ScoringTest.run", move):
        outcome = online(azure, project)
    assert outcome.exit_code == 1
    expected = f"somebody else has moved the traffic of {ENDPOINT} meanwhile: old 40 %, theirs 60 %"
    assert outcome.error["message"] == expected
    assert traffic(azure) == theirs
    assert online(azure, project, (10,)).exit_code == 0
    assert traffic(azure) == {"blue": 10, "old": 36, "theirs": 54}


@contextmanager
def interrupted_at(azure: Azure, method: str, path: str, count: int) -> Iterator[None]:
    """Ctrl-C in the pause, or in the look, that follows the count-th request of that kind."""
    report = "modelpress.cli.report.EventReport.waiting"
    pause = Waiting.pause

    def end_it(*_: object) -> None:
        if len(azure.requests(method, path)) >= count:
            raise KeyboardInterrupt

    def pausing(self: Waiting, *arguments: object) -> None:
        end_it()
        pause(self, *arguments)  # type: ignore[arg-type]

    with mock.patch.object(Waiting, "pause", pausing), mock.patch(report, end_it):
        yield


class TrafficMachine(RuleBasedStateMachine):
    """New contents, faults, interruptions and other people, in any order."""

    azure: Azure

    @initialize()
    def begin(self) -> None:
        self.azure.reset()
        arrange.online_endpoint(self.azure, ENDPOINT)
        arrange.online_deployment(self.azure, ENDPOINT, "old")
        arrange.online_endpoint(self.azure, ENDPOINT, {"old": 100})
        self._folder = tempfile.TemporaryDirectory()
        self._contents = itertools.count(1)
        self.project = online_project(Path(self._folder.name, "deploy"))

    @rule()
    def change_the_model(self) -> None:
        self.project.new_model(f"model {next(self._contents)}")

    @rule()
    @precondition(lambda self: self.project.state_file.exists())
    def lose_the_state_file(self) -> None:
        self.project.state_file.unlink()

    @rule(ramp=st.sampled_from([(100,), (10,), (10, 50, 100), (30, 60)]), good=st.booleans())
    def publish(self, ramp: tuple[int, ...], *, good: bool) -> None:
        name = planned(self.azure, self.project)
        if not traffic(self.azure).get(name):
            self.azure.answer(ENDPOINT, name, RIGHT if good else WRONG)
        outcome = online(self.azure, self.project, ramp)
        assert outcome.exit_code in {0, 3}
        if outcome.exit_code == 0:
            assert traffic(self.azure)[name] >= ramp[-1]

    @rule(
        failure=st.sampled_from(sorted(FAILURES)),
        place=st.sampled_from([TRAFFIC_PUT, SCORING, ("PUT", "/deployments/"), ("GET", "/onlineEndpoints/")]),
        nth=st.integers(1, 3),
        times=st.integers(1, 3),
    )
    def publish_with_faults(self, failure: str, place: tuple[str, str], nth: int, times: int) -> None:
        name = planned(self.azure, self.project)
        if not traffic(self.azure).get(name):
            self.azure.answer(ENDPOINT, name, RIGHT)
        self.azure.fault(*place, FAILURES[failure], nth=nth, times=times)
        outcome = online(self.azure, self.project, (20, 100))
        self.azure.clear_faults()
        assert outcome.exit_code in {0, 6}

    @rule(count=st.integers(1, 3))
    def publish_and_interrupt(self, count: int) -> None:
        name = planned(self.azure, self.project)
        if not traffic(self.azure).get(name):
            self.azure.answer(ENDPOINT, name, RIGHT)
        before = len(self.azure.requests(*TRAFFIC_PUT))
        with interrupted_at(self.azure, *TRAFFIC_PUT, before + count):
            assert online(self.azure, self.project).exit_code in {0, 130}

    @rule()
    def somebody_takes_everything_back(self) -> None:
        endpoint = self.azure.arm("GET", f"onlineEndpoints/{ENDPOINT}")
        endpoint["properties"]["traffic"] = {"old": 100}
        self.azure.arm("PUT", f"onlineEndpoints/{ENDPOINT}", endpoint)

    @invariant()
    def somebody_healthy_answers(self) -> None:
        if hasattr(self, "project"):
            assert self.azure.traffic_gaps(ENDPOINT) == []
            assert sum(traffic(self.azure).values()) == 100

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self._folder.cleanup()


def test_any_order(azure: Azure) -> None:
    machine = type("Machine", (TrafficMachine,), {"azure": azure})
    case = machine.TestCase
    case.settings = settings(
        max_examples=6, stateful_step_count=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    case().runTest()


@pytest.mark.parametrize(
    ("share", "others", "expected"),
    [
        (10, {"a": 100}, {"a": 90, "n": 10}),
        (10, {"a": 50, "b": 50}, {"a": 45, "b": 45, "n": 10}),
        (1, {"a": 33, "b": 33, "c": 34}, {"a": 33, "b": 33, "c": 33, "n": 1}),
        (99, {"a": 50, "b": 50}, {"a": 1, "n": 99}),
        (100, {"a": 100}, {"n": 100}),
    ],
)
def test_shares_are_whole_and_sum_to_100(share: int, others: dict[str, int], expected: dict[str, int]) -> None:
    assert divided("n", share, others) == expected


def test_a_record_counts_only_for_traffic_that_it_has_set() -> None:
    record = {"deployment": "n", "before": {"a": 100}, "steps": [{"a": 90, "n": 10}], "rolling_back": False}
    unfinished = ramp_of("n", {"a": 90, "n": 10}, (10, 100), record)
    assert unfinished == Ramp("n", {"a": 90, "n": 10}, {"a": 100}, ({"n": 100},))
    another = ramp_of("m", {"a": 90, "n": 10}, (100,), record)
    assert another == Ramp("m", {"a": 90, "n": 10}, {"a": 100}, ({"m": 100},), restore=True)
    foreign = ramp_of("n", {"a": 60, "n": 40}, (10, 100), record)
    assert foreign == Ramp("n", {"a": 60, "n": 40}, {"a": 60, "n": 40}, ({"n": 100},))


def test_names_fit_into_what_the_service_takes() -> None:
    name = suffixed("a" * 23 + "-" + "b" * 8, "0123456789")
    assert name == "a" * 23 + "-01234567"
    assert len(name) == 32
