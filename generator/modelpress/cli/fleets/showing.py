"""What is shown of a fleet: how far it is, and what became of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from modelpress.cli.progress import INTERVAL, PATIENCE

if TYPE_CHECKING:
    from modelpress.fleet.outcome import FleetReport, State

MOST_LISTED = 20  # failed projects that are told of in full; JSON has them all
WORDS: dict[State, str] = {"rendered": "rendered", "kept": "already there", "planned": "to render", "failed": "failed"}


@contextmanager
def watching(choice: str, total: int) -> Iterator[Callable[[], None]]:
    """Shows progress for --progress auto, plain or none; yields what is called once for each project."""
    if choice == "auto" and sys.stderr.isatty():
        with _bar(total) as advance:
            yield advance
    elif choice == "plain":
        yield _lines(total)
    else:
        yield lambda: None


def report_text(report: FleetReport) -> str:
    """What became of the projects, for people: how many of each state, and what failed."""
    counts = report.counts
    of_each = ", ".join(f"{counts[state]} {word}" for state, word in WORDS.items() if counts[state])
    lines = [f"{len(report.outcomes)} projects: {of_each}"]
    lines += [f"  would render {one.path}" for one in report.outcomes if one.state == "planned"]
    for outcome in report.failed[:MOST_LISTED]:
        failure = outcome.failure
        lines.append(f"failed {outcome.name}: {failure.message if failure else ''}")
        if failure and failure.hint:
            lines.append(f"  hint: {failure.hint}")
    more = len(report.failed) - MOST_LISTED
    if more > 0:
        lines.append(f"and {more} more; --format json lists all")
    return "\n".join(lines)


def _lines(total: int) -> Callable[[], None]:
    """Lines such as `312 of 1000 projects`, for logs."""
    done, following = 0, time.monotonic() + PATIENCE

    def advance() -> None:
        nonlocal done, following
        done += 1
        if time.monotonic() >= following:
            following = time.monotonic() + INTERVAL
            click.echo(f"{done} of {total} projects", err=True)

    return advance


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("rendering", total=total)
        yield lambda: bars.advance(task)
