"""A few threads that carry out calls; whoever gives the calls waits when all hands are full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Call = Callable[[], int]


class Crew:
    """At most `hands` calls are under way, so that no more than that many blocks are in memory.

    The number that a call returns is passed to `advance`, in the thread that gives the calls;
    the first exception of a call is raised there. The threads end with the process, so that
    Ctrl-C need not wait for an answer.
    """

    def __init__(self, hands: int, advance: Callable[[int], None]) -> None:
        self._hands = hands
        self._advance = advance
        self._open = 0
        self._ended = False
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._outcomes: SimpleQueue[int | BaseException] = SimpleQueue()

    def __enter__(self) -> Self:
        for _ in range(self._hands):
            threading.Thread(target=self._work, name="upload", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        for _ in range(self._hands):
            self._calls.put(None)

    def ended(self) -> bool:
        """Whether nobody waits for a call any more."""
        return self._ended

    def give(self, call: Call) -> None:
        """Let a thread carry the call out; waits for a free one."""
        while self._open >= self._hands:
            self._collect()
        self._open += 1
        self._calls.put(call)

    def finish(self) -> None:
        """Wait until all calls are carried out."""
        while self._open:
            self._collect()

    def _collect(self) -> None:
        outcome = self._outcomes.get()
        self._open -= 1
        if isinstance(outcome, BaseException):
            raise outcome
        self._advance(outcome)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                self._outcomes.put(call())
            except BaseException as error:  # noqa: BLE001 - raised in the thread that gave the call
                self._outcomes.put(error)
