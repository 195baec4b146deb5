"""How a writer tells how far it is; what is shown of that is the caller's."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of one run of a writer: start, any number of advances, finish (after a failure too)."""

    def start(self, total_bytes: int) -> None: ...

    def advance(self, count: int) -> None: ...

    def finish(self) -> None: ...


class Silent:
    """Shows nothing."""

    def start(self, total_bytes: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass

    def finish(self) -> None:
        pass


SILENT = Silent()
