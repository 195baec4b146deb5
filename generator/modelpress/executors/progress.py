"""How an executor tells how far it is; what is shown of that is the caller's."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of one run of a writer: start, any number of advances, finish (after a failure too)."""

    def start(self, total_bytes: int) -> None: ...

    def advance(self, count: int) -> None: ...

    def finish(self) -> None: ...


class Report(Progress, Protocol):
    """Told as well what an executor that talks to a service does. Any thread may call these two.

    `event` says what happened, once, and belongs into a log. `waiting` says what is waited for
    at this moment: it replaces the text before it and may come every second.
    """

    def event(self, text: str) -> None: ...

    def waiting(self, text: str) -> None: ...


class Silent:
    """Shows nothing."""

    def start(self, total_bytes: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass

    def finish(self) -> None:
        pass

    def event(self, text: str) -> None:
        pass

    def waiting(self, text: str) -> None:
        pass


SILENT = Silent()
