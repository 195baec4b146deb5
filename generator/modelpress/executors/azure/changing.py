"""Changes that take time: sent once, waited for, and looked at before they are sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modelpress.executors.azure.faults import TRANSIENT, Fault, ServiceError, failure, is_transient
from modelpress.executors.azure.waiting import SUCCEEDED, Condition, Look, Waiting

CONFLICT = 409  # what the service answers while something goes on with the thing
UNCERTAIN = TRANSIENT | {CONFLICT, None}
"""Statuses (None: no answer) after which the change may have been made all the same."""


class OperationFailedError(ServiceError):
    """The service began with the change, and it failed there. `fault` is what the service says."""

    def __init__(self, error: ServiceError, fault: Fault) -> None:
        super().__init__(error.message, hint=error.hint, status=error.status)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing.

    `label` is what people call the thing, `doing` what is done, as `creating deployment blue`;
    `send` begins with it by a call of the SDK, `look` reads the thing, `is_wanted` says whether
    what is there (None: nothing) is what the change asks for, whether or not it works.
    """

    label: str
    doing: str
    send: Callable[[], object]
    look: Look
    is_wanted: Callable[[Condition | None], bool]


def carry_out(waiting: Waiting, change: Change) -> Condition | None:
    """Make the change, and wait until it is made.

    An answer that was lost, or a refusal because something else goes on, is no failure: the thing
    is waited for and looked at, and only what is not as wanted is sent again. Raises
    OperationFailedError where the service tried and failed, ServiceError where it refuses.
    """
    workspace = waiting.workspace
    left = max(1, workspace.options.tries)
    while True:
        left -= 1
        refusal, begun = None, None
        try:
            begun = workspace.begin(change.doing, change.send)
        except ServiceError as error:
            if error.status not in UNCERTAIN:
                raise
            refusal = error
            if error.__cause__ is not None and is_transient(error.__cause__, repeatable=False):
                left = 0  # it has been tried again already
        outcome = waiting.settled(change.label, change.look, begun)
        wanted = change.is_wanted(outcome.condition)
        if wanted and (outcome.condition is None or outcome.condition.state == SUCCEEDED):
            return outcome.condition
        if wanted or refusal is None:
            break
        if not left:
            raise refusal
        waiting.pause(change.label, "trying again")
    raise _failed(change, outcome.fault, outcome.condition)


def _failed(change: Change, fault: Fault | None, condition: Condition | None) -> OperationFailedError:
    if fault is None:
        state = condition.state if condition else "gone"
        said = "the service gives no reason" if state != SUCCEEDED else "it is not as it was asked for"
        fault = Fault(None, "", f"{change.label} is {state}; {said}")
    return OperationFailedError(failure(fault, change.doing), fault)
