"""Tries again as often and after as long as it was told, and says so."""

from types import SimpleNamespace

import pytest
from azure.core.exceptions import HttpResponseError, ServiceResponseError

from modelpress.executors.azure.faults import ServiceError
from modelpress.executors.azure.retrying import LONGEST_PAUSE, Retries, _Pause
from modelpress.executors.progress import Silent


class Told(Silent):
    def __init__(self) -> None:
        self.events: list[str] = []
        self.waits: list[str] = []

    def event(self, text: str) -> None:
        self.events.append(text)

    def waiting(self, text: str) -> None:
        self.waits.append(text)


def busy(status: int = 503, **headers: str) -> HttpResponseError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = SimpleNamespace(status_code=status, reason="Busy", headers=named, text=str)
    return HttpResponseError(response=response)  # type: ignore[arg-type]


class Flaky:
    """Raises each of the errors in turn, then returns 7."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return 7


def test_a_passing_failure_is_tried_again_and_told() -> None:
    told = Told()
    flaky = Flaky(busy(), ServiceResponseError("connection reset"))
    assert Retries(3, 0.001, told).call("saving x", flaky) == 7
    assert told.events == [
        "saving x: HTTP 503; try 2 of 3 in 1 s",
        "saving x: connection reset; try 3 of 3 in 1 s",
    ]
    assert told.waits[0] == "saving x: HTTP 503; try 2 of 3 in 1 s"


def test_after_the_last_try_the_error_is_raised() -> None:
    flaky = Flaky(*(busy() for _ in range(5)))
    with pytest.raises(ServiceError, match="saving x failed") as raised:
        Retries(3, 0).call("saving x", flaky)
    assert flaky.calls == 3
    assert raised.value.status == 503


def test_one_try_means_no_second() -> None:
    flaky = Flaky(busy())
    with pytest.raises(ServiceError):
        Retries(1, 0).call("saving x", flaky)
    assert flaky.calls == 1


@pytest.mark.parametrize("status", [400, 403, 409])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    flaky = Flaky(busy(status))
    with pytest.raises(ServiceError):
        Retries(3, 0).call("saving x", flaky)
    assert flaky.calls == 1


def test_what_is_not_of_azure_passes_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        Retries(3, 0).call("saving x", Flaky(ZeroDivisionError()))  # type: ignore[arg-type]


def pause_after(error: Exception, attempt: int = 1, interval: float = 5) -> float:
    outcome = SimpleNamespace(exception=lambda: error)
    state = SimpleNamespace(outcome=outcome, attempt_number=attempt)
    return _Pause(Retries(9, interval), "x").seconds(state)  # type: ignore[arg-type]


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (9, 60)])
def test_the_pause_doubles_up_to_a_minute(attempt: int, seconds: float) -> None:
    assert pause_after(busy(), attempt) == seconds


def test_a_longer_interval_is_kept() -> None:
    assert pause_after(busy(), 3, interval=90) == 90


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"retry_after_ms": "200"}, 0.2),
        ({"x_ms_retry_after_ms": "1500"}, 1.5),
        ({"Retry_After": "3600"}, LONGEST_PAUSE),
        ({"Retry_After": "-1"}, 5),
        ({"Retry_After": "nan"}, 5),
        ({"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5),
    ],
)
def test_an_answer_that_asks_for_a_pause_gets_it(headers: dict[str, str], seconds: float) -> None:
    assert pause_after(busy(429, **headers)) == pytest.approx(seconds)
