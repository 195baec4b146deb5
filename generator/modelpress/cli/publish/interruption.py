"""Ctrl-C while something is published: nothing is lost, and the message says how to go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from modelpress.errors import ModelpressError


class InterruptedPublishError(ModelpressError):
    """The user ended it."""

    exit_code: ClassVar[int] = 130  # what shells use for a process ended by SIGINT
    code: ClassVar[str] = "interrupted"


@contextmanager
def resumable() -> Iterator[None]:
    """Turn Ctrl-C into an error that says how to go on."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise InterruptedPublishError(
            str(interrupt) or "interrupted; what was uploaded and registered so far stays",
            hint="Run the same command again: it goes on where it stopped.",
        ) from None
