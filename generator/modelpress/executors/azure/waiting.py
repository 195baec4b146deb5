"""Waiting for what goes on in Azure: with a line that says so, a time limit, and Ctrl-C that only ends the waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from modelpress.errors import RemoteError
from modelpress.executors.azure.faults import Fault, ServiceError
from modelpress.executors.azure.long_running import Begun
from modelpress.executors.azure.retrying import pause_asked
from modelpress.executors.azure.sending import ask, manager_request
from modelpress.executors.azure.wording import cleaned, nested
from modelpress.executors.azure.workspace import Workspace

SUCCEEDED = "succeeded"
ENDED = frozenset({SUCCEEDED, "failed", "canceled", "cancelled"})
UNREADABLE = frozenset({400, 404, 410})  # statuses of a status URL that is gone, while the operation may go on
SHORTEST_PAUSE = 0.01  # seconds
LONGEST_PAUSE = 60.0  # seconds
MINUTE = 60


class StillRunningError(RemoteError):
    """The time limit is over, and the operation goes on."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A thing in Azure: its state as the service names it, in lower case, and the SDK's object for it."""

    state: str
    thing: Any

    @classmethod
    def of(cls, thing: Any) -> Condition:
        """Read the SDK's object of an endpoint or a deployment."""
        state = thing.provisioning_state
        return cls(str(getattr(state, "value", state) or SUCCEEDED).lower(), thing)

    @property
    def has_ended(self) -> bool:
        """Whether nothing goes on with it."""
        return self.state in ENDED


Look = Callable[[], Condition | None]
"""Reads how a thing is now; None where it is not there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a thing is once nothing goes on any more; `fault` is what the operation said of its failure."""

    condition: Condition | None
    fault: Fault | None = None


class Waiting:
    """Waits for one operation after the other, `limit` seconds in all."""

    def __init__(self, workspace: Workspace, limit: float) -> None:
        self.workspace = workspace
        self._limit = limit
        self._started = time.monotonic()

    def settled(self, label: str, look: Look, begun: Begun | None = None) -> Outcome:
        """Wait until the operation, if known, has ended, and nothing goes on with the thing.

        Raises StillRunningError at the time limit, ServiceError where Azure cannot be asked, and
        KeyboardInterrupt with a text that says that it goes on.
        """
        with _telling(label):
            fault = self._ended(label, begun) if begun else None
            while (condition := look()) is not None and not condition.has_ended:
                self.pause(label, condition.state)
        return Outcome(condition, fault)

    def ended(self, label: str, begun: Begun) -> Fault | None:
        """Wait for an operation that has no thing to look at; why it failed, or None. Raises as `settled`."""
        with _telling(label):
            return self._ended(label, begun)

    def pause(self, label: str, state: str, seconds: float | None = None) -> None:
        """Wait as long as the service asks for, or else the pause between two tries. Raises StillRunningError."""
        waited = time.monotonic() - self._started
        if waited >= self._limit:
            raise StillRunningError(
                f"{label} is not ready within the time limit of {_shown(self._limit)}; it goes on in Azure",
                hint="Run the same command again: it goes on waiting. --time-limit gives it longer.",
            )
        self.workspace.retries.report.waiting(f"{label}: {state}, after {_shown(waited)}")
        asked = self.workspace.options.retry_interval if seconds is None else seconds
        time.sleep(min(max(asked, SHORTEST_PAUSE), LONGEST_PAUSE, self._limit - waited))

    def _ended(self, label: str, begun: Begun) -> Fault | None:
        pause = begun.pause
        while True:
            self.pause(label, "in progress", pause)
            try:
                answer, pause = self.workspace.call(f"asking how {label} goes", lambda: self._status(begun))
            except ServiceError as error:
                if error.status in UNREADABLE:  # the thing itself says how it is
                    return None
                raise
            state = str(answer.get("status", "")).lower()
            if not state or state in ENDED:
                return _fault(answer, state)

    def _status(self, begun: Begun) -> tuple[Mapping[str, Any], float | None]:
        answer = ask(self.workspace, manager_request(self.workspace, "GET", begun.status_url))
        try:
            content = answer.json()
        except ValueError:
            content = None
        return content if isinstance(content, Mapping) else {}, pause_asked(answer.headers)


def _fault(answer: Mapping[str, Any], state: str) -> Fault | None:
    if state in ("", SUCCEEDED):
        return None
    said = list(nested(answer.get("error")))
    code = next((code for code, _ in said if code), state.capitalize())
    text = "; ".join(dict.fromkeys(text for _, text in said if text)) or f"the operation was {state}"
    return Fault(None, code, cleaned(text))


@contextmanager
def _telling(label: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted; {label} goes on in Azure") from None


def _shown(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
