"""Moving traffic: one step after the other, each tested, and back to where it was when one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.executors.azure.changing import Change, carry_out
from modelpress.executors.azure.endpoints import Endpoints, Shares, look_at_endpoint
from modelpress.executors.azure.state import State
from modelpress.executors.azure.traffic import Ramp, described, key_of
from modelpress.executors.azure.waiting import Condition, Waiting

Test = Callable[[str], None]
"""Tests a deployment by name; raises ModelpressError where it does not do what it should."""


class MovedElsewhereError(ModelpressError):
    """Traffic is not where this run has put it, and that is left so."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The traffic of one endpoint, and where a ramp is noted while it lasts."""

    kind: Endpoints
    endpoint: str
    waiting: Waiting
    state: State

    def restore(self, ramp: Ramp) -> None:
        """Bring back what was before a ramp that an earlier run left half way."""
        if ramp.restore:
            self._note(ramp, rolling_back=True)
            self._set(ramp, ramp.before)
        self.state.put("operations", key_of(self.endpoint), None)

    def climb(self, ramp: Ramp, test: Test | None) -> None:
        """Test the deployment, then give it its shares step by step, tested after each; None: without tests.

        When anything fails, traffic goes back to what it was before the ramp; killed at any moment,
        the next run goes on from the note in the state file. Raises what the step raised.
        """
        if not ramp.steps:
            return
        if test:
            test(ramp.deployment)
        self._note(ramp, rolling_back=False)
        for shares in ramp.steps:
            try:
                self._set(ramp, shares)
                if test:
                    test(ramp.deployment)
            except MovedElsewhereError:
                self.state.put("operations", key_of(self.endpoint), None)
                raise
            except ModelpressError as error:
                self._roll_back(ramp, error)
                raise
            report = self.waiting.workspace.retries.report
            report.event(f"{described(shares)}: {ramp.deployment} answers as it should" if test else described(shares))
        self.state.put("operations", key_of(self.endpoint), None)

    def _roll_back(self, ramp: Ramp, cause: ModelpressError) -> None:
        """Undo a ramp, and say in its cause what has become of the traffic."""
        if not ramp.before:
            cause.message += f"\n{ramp.deployment} keeps the traffic of {self.endpoint}: nothing else could take it"
            return
        self._note(ramp, rolling_back=True)
        try:
            self._set(ramp, ramp.before)
        except ModelpressError as error:
            cause.message += f"\nputting the traffic back failed as well: {error.message}"
            cause.hint = "Run the same command again: it puts the traffic back first."
            return
        self.state.put("operations", key_of(self.endpoint), None)
        cause.message += f"\nthe traffic of {self.endpoint} is as before: {described(ramp.before)}"

    def _note(self, ramp: Ramp, *, rolling_back: bool) -> None:
        self.state.put("operations", key_of(self.endpoint), ramp.record(rolling_back=rolling_back))

    def _set(self, ramp: Ramp, shares: Shares) -> None:
        """Give the endpoint these shares, unless it has them. Raises MovedElsewhereError."""
        kind = self.kind

        def has_them(condition: Condition | None) -> bool:
            return condition is not None and kind.shares(condition.thing) == shares

        def send() -> None:
            endpoint: Any = kind.endpoints().get(self.endpoint)
            self._refuse_foreign(ramp, kind.shares(endpoint))
            kind.set_shares(endpoint, shares)
            kind.endpoints().begin_create_or_update(endpoint)

        label = f"endpoint {self.endpoint}"
        if has_them(self.waiting.settled(label, self.look).condition):
            return
        change = Change(label, f"giving {label} the traffic {described(shares)}", send, self.look, has_them)
        carry_out(self.waiting, change)

    def look(self) -> Condition | None:
        """How the endpoint is now. Raises ServiceError."""
        return look_at_endpoint(self.kind, self.endpoint)

    def _refuse_foreign(self, ramp: Ramp, shares: Shares) -> None:
        if not ramp.is_own(shares):
            raise MovedElsewhereError(
                f"somebody else has moved the traffic of {self.endpoint} meanwhile: {described(shares)}",
                hint="Nothing is done about it. Run the same command again to go on from there.",
            )
