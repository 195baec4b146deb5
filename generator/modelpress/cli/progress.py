"""Progress on stderr of anything over a second: a bar on a terminal, plain lines elsewhere if asked for."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from modelpress.executors.progress import SILENT, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

PATIENCE = 1.0  # seconds before anything is shown
INTERVAL = 5.0  # seconds between two plain lines
MEGABYTE = 1_000_000


class PlainProgress:
    """Lines such as `312 of 912 MB`, for logs."""

    def __init__(self) -> None:
        self._done = self._total = 0
        self._next = 0.0

    def start(self, total_bytes: int) -> None:
        self._done, self._total = 0, total_bytes
        self._next = time.monotonic() + PATIENCE

    def advance(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now >= self._next:
            self._next = now + INTERVAL
            click.echo(f"{self._done // MEGABYTE} of {self._total // MEGABYTE} MB", err=True)

    def finish(self) -> None:
        pass


class BarProgress:
    """A bar with speed and remaining time, drawn once the work has taken a second."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._done = self._total = 0
        self._shown_from = 0.0

    def start(self, total_bytes: int) -> None:
        self._done, self._total = 0, total_bytes
        self._shown_from = time.monotonic() + PATIENCE

    def advance(self, count: int) -> None:
        self._done += count
        if self._bars is None and time.monotonic() >= self._shown_from:
            self._show()
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=self._done)

    def finish(self) -> None:
        if self._bars is not None:
            self._bars.stop()

    def _show(self) -> None:
        from rich import progress
        from rich.console import Console

        columns = (
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        )
        self._bars = progress.Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task("writing", total=self._total)
        self._bars.start()


def progress_for(choice: str) -> Progress:
    """What shows progress for --progress auto, plain or none."""
    if choice == "plain":
        return PlainProgress()
    return BarProgress() if choice == "auto" and sys.stderr.isatty() else SILENT
