"""What is shown on stderr of an executor that talks to a service: events, what is waited for, bytes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from modelpress.cli.output import printable
from modelpress.cli.progress import INTERVAL, PlainProgress
from modelpress.executors.progress import SILENT, Report, Silent

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

REFRESHES = 4  # a second


class EventReport(Silent):
    """One line an event: what a log should hold."""

    def event(self, text: str) -> None:
        click.echo(printable(text), err=True)


class LineReport(PlainProgress):
    """Lines for all: events at once, bytes and waiting every few seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._next_waiting = 0.0

    def event(self, text: str) -> None:
        click.echo(printable(text), err=True)

    def waiting(self, text: str) -> None:
        now = time.monotonic()
        if now >= self._next_waiting:
            self._next_waiting = now + INTERVAL
            click.echo(printable(text), err=True)


class LiveReport:
    """A line that says what is waited for, and below it a bar while bytes flow; gone at the end."""

    def __init__(self) -> None:
        self._console: Console | None = None
        self._live: Live | None = None
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._text = ""

    def start(self, total_bytes: int) -> None:
        from rich import progress

        self._show()
        columns = (
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        )
        self._bars = progress.Progress(*columns, console=self._console)
        self._task = self._bars.add_task("", total=total_bytes)

    def advance(self, count: int) -> None:
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, count)

    def finish(self) -> None:
        self._bars = self._task = None

    def event(self, text: str) -> None:
        from rich.text import Text

        self._show()
        if self._console is not None:
            self._console.print(Text(printable(text)))

    def waiting(self, text: str) -> None:
        self._show()
        self._text = printable(text)

    def close(self) -> None:
        """Take the display away, until there is something to show again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _show(self) -> None:
        if self._live is not None:
            return
        from rich.console import Console
        from rich.live import Live

        # The stream itself, not its name: calls of an SDK are muted by exchanging what the name stands for.
        self._console = Console(file=sys.stderr)
        self._live = Live(
            get_renderable=self._render,
            console=self._console,
            transient=True,
            refresh_per_second=REFRESHES,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _render(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        bars = self._bars
        return Group(
            *([Text(self._text, no_wrap=True, overflow="ellipsis")] if self._text else []),
            *([bars.get_renderable()] if bars is not None else []),
        )


def new_report(choice: str) -> Report:
    """What shows the work for --progress auto, plain or none; `auto` off a terminal shows events alone."""
    if choice == "none":
        return SILENT
    if choice == "plain":
        return LineReport()
    return LiveReport() if sys.stderr.isatty() else EventReport()


@contextmanager
def displayed(report: Report) -> Iterator[Report]:
    """Use a report; what it displays on a terminal is gone afterwards."""
    try:
        yield report
    finally:
        if isinstance(report, LiveReport):
            report.close()


@contextmanager
def report_for(choice: str) -> Iterator[Report]:
    """A new report, displayed while it is used."""
    with displayed(new_report(choice)) as report:
        yield report
