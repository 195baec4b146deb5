"""Trying again what failed for a while, with the time that is left shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from modelpress.executors.azure.faults import fault_of, is_transient, service_error
from modelpress.executors.progress import SILENT, Report

if TYPE_CHECKING:
    from tenacity import RetryCallState

LONGEST_PAUSE = 120.0  # seconds; some answers ask for an hour, and then the user decides
LONGEST_DOUBLED = 60.0  # seconds; where the service does not say how long to wait
MOST_DOUBLINGS = 10  # more than LONGEST_DOUBLED allows, and few enough for a float

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Retries:
    """`tries` in all; `interval` seconds before the second one, doubled before each further one.

    An answer with Retry-After is taken at its word, up to LONGEST_PAUSE. Once `given_up` says so,
    nothing is tried again: whoever asked for the result is gone.
    """

    tries: int = 3
    interval: float = 5
    report: Report = SILENT
    given_up: Callable[[], bool] = lambda: False

    def call(self, doing: str, function: Callable[[], Result], *, repeatable: bool = True) -> Result:
        """The result of the function; raises ServiceError, `doing` saying what was tried.

        Only failures of the Azure SDK are turned into that; all others pass.
        """
        import tenacity
        from azure.core.exceptions import AzureError

        pause = _Pause(self, doing)
        trying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(
                lambda error: is_transient(error, repeatable=repeatable) and not self.given_up()
            ),
            stop=tenacity.stop_after_attempt(max(1, self.tries)),
            wait=pause.seconds,
            before_sleep=pause.announce,
            sleep=pause.count_down,
            reraise=True,
        )
        try:
            return trying(function)
        except AzureError as error:
            raise service_error(error, doing) from error


class _Pause:
    """The pause between two tries: how long it is, and its countdown."""

    def __init__(self, retries: Retries, doing: str) -> None:
        self._retries = retries
        self._doing = doing
        self._text = ""

    def seconds(self, state: RetryCallState) -> float:
        asked = _retry_after(_error(state))
        if asked is not None:
            return min(asked, LONGEST_PAUSE)
        doubled = self._retries.interval * 2.0 ** min(state.attempt_number - 1, MOST_DOUBLINGS)
        return min(doubled, max(LONGEST_DOUBLED, self._retries.interval))

    def announce(self, state: RetryCallState) -> None:
        self._text = (
            f"{self._doing}: {fault_of(_error(state)).short}; try {state.attempt_number + 1} of {self._retries.tries}"
        )
        pause = state.next_action.sleep if state.next_action else 0
        self._retries.report.event(f"{self._text} in {math.ceil(pause)} s")

    def count_down(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._retries.given_up():
            self._retries.report.waiting(f"{self._text} in {math.ceil(left)} s")
            time.sleep(min(left, 1.0))
        self._retries.report.waiting(self._doing)


def _error(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome else None
    return error or RuntimeError("a pause without a failure")


def _retry_after(error: BaseException) -> float | None:
    """Seconds that the answer asks to wait, in any of the headers that Azure uses."""
    return pause_asked(getattr(getattr(error, "response", None), "headers", None) or {})


def pause_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that headers ask to wait; None where they do not."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("Retry-After", 1.0)):
        try:
            value = float(headers.get(name, "")) * unit
        except ValueError:  # missing, or a date
            continue
        if value >= 0:
            return value
    return None
