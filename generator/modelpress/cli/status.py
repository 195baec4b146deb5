"""`modelpress status`: what became of a project since it was rendered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.output import Output, output_options
from modelpress.cli.rerender import Asked, asking_options, render_again
from modelpress.errors import ModelpressError

if TYPE_CHECKING:
    from modelpress.projects.comparison import Versions
    from modelpress.projects.lock_file import Lock
    from modelpress.projects.status import Status

DRIFT = 7  # exit code


@click.command(short_help="What was edited in a project, and what would be rendered otherwise now.")
@asking_options
@click.option("--exit-code", is_flag=True, help="Exit with 7 where anything is not as it was rendered.")
@output_options
def status(folder: Path, asked: Asked, output: Output, *, exit_code: bool) -> None:
    """Say which files of the project in DIR are edited, drifted, missing or obsolete.

    DIR is by default the working folder, or `deploy` in it. A file is drifted where it would
    be rendered otherwise now, missing where it is not there, obsolete where it would not be
    rendered any more. A better candidate and other templates are told as well. Nothing is
    written.
    """
    from modelpress.projects.lock_file import read_lock

    lock = read_lock(folder)
    found, warnings = _status(folder, lock, asked)
    output.warn(warnings)
    output.data(_document(folder, found, warnings), lambda: "\n".join(_lines(folder, found)))
    if exit_code and found.news:
        raise click.exceptions.Exit(DRIFT)


def _status(folder: Path, lock: Lock, asked: Asked) -> tuple[Status, list[str]]:
    """The status; where the project cannot be rendered now, of its own files alone, with a warning that says why."""
    from modelpress.packaging.provenance import layer_documents, source_document
    from modelpress.projects.comparison import compare
    from modelpress.projects.lock_file import Source
    from modelpress.projects.on_disk import on_disk
    from modelpress.projects.status import Now, Status

    disk = on_disk(folder)
    try:
        again = render_again(folder, lock, asked)
    except ModelpressError as error:
        reason = ". ".join(filter(None, (error.message, error.hint)))
        warning = f"what would be rendered now is unknown: {reason}"
        return Status(lock, compare(lock, disk, None), None), [warning]
    winner, source = again.chosen.entries[0], source_document(again.chosen)
    now = Now(
        candidate=winner.candidate.id,
        reason=winner.reason,
        source=Source(source["name"], source["sha256"]),
        layers=layer_documents(again.rendering.layers),
    )
    return Status(lock, compare(lock, disk, again.fresh.digests), now), list(again.warnings)


def _document(folder: Path, found: Status, warnings: list[str]) -> dict[str, Any]:
    from modelpress.version import __version__

    now = found.now
    return {
        "path": str(folder),
        "files": [{"path": one.path, "state": one.state, "edited": one.edited} for one in found.files],
        "counts": found.counts,
        "candidate": {
            "rendered": found.lock.candidate,
            "now": now.candidate if now else None,
            "better": found.better,
            "reason": now.reason if now else None,
        },
        "source": {"name": found.lock.source.name, "changed": found.source_changed},
        "layers": {"changed": list(found.changed_layers) if now else None},
        "modelpress": {"rendered": found.lock.modelpress, "now": __version__},
        "warnings": warnings,
    }


def _lines(folder: Path, found: Status) -> Iterator[str]:
    counts = ", ".join(f"{count} {state}" for state, count in found.counts.items())
    yield f"{folder}: {counts or 'no files'}"
    yield from (f"  {_described(one)}" for one in found.files if one.state not in {"unmodified", "added"})
    yield from _news(found)


def _described(one: Versions) -> str:
    also = " (edited)" if one.edited and one.state != "edited" else ""
    return f"{one.state:<10}  {one.path}{also}"


def _news(found: Status) -> Iterator[str]:
    from modelpress.version import __version__

    if found.now is not None and found.better:
        yield f"better candidate: {found.now.candidate} instead of {found.lock.candidate} ({found.now.reason})"
    elif found.source_changed:
        yield f"the candidates of {found.lock.source.name} changed, and {found.lock.candidate} still is the one"
    if found.changed_layers:
        yield f"other templates: {', '.join(found.changed_layers)}"
    if found.other_version:
        yield f"rendered by modelpress {found.lock.modelpress}; this is {__version__}"
