"""`modelpress update`: render a kept project again, and keep what people edited in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from modelpress.cli.options import dry_run_option
from modelpress.cli.output import Output, output_options, progress_option
from modelpress.cli.progress import progress_for
from modelpress.cli.rerender import Again, Asked, asking_options, render_again
from modelpress.projects.merging import ConflictStyle

if TYPE_CHECKING:
    from modelpress.projects.lock_file import Lock
    from modelpress.projects.update import UpdatePlan

CONFLICTS = 1  # exit code


@click.command(short_help="Render a kept project again; edits survive.")
@asking_options
@click.option(
    "--conflict",
    type=click.Choice(get_args(ConflictStyle)),
    default="markers",
    show_default=True,
    help="Where an edit and a template contradict: markers in the file, or the edit and a patch in FILE.rej.",
)
@click.option(
    "--force", is_flag=True, help="Update in spite of uncommitted changes, or what a newer modelpress rendered."
)
@dry_run_option
@progress_option
@output_options
def update(folder: Path, asked: Asked, output: Output, **options: Any) -> None:
    """Bring the project in DIR to what would be rendered now; edits survive.

    DIR is by default the working folder, or `deploy` in it. Each file is merged from what was
    rendered, what lies there and what is rendered now. Exits with 1 where edits and templates
    contradict each other; both sides are kept. The project is updated whole or not at all.
    """
    from modelpress.projects.lock_file import read_lock, refuse_older_modelpress
    from modelpress.projects.update import execute, plan
    from modelpress.projects.worktree import refuse_uncommitted
    from modelpress.proving.rendered_here import remember

    lock = read_lock(folder)
    if not options["force"]:
        refuse_older_modelpress(lock, folder)
        if not options["dry_run"]:
            refuse_uncommitted(folder)
    again = render_again(folder, lock, asked)
    planned = plan(folder, lock, again.fresh, cast(ConflictStyle, options["conflict"]))
    warnings = [*again.warnings, *planned.warnings]
    output.warn(warnings)
    document = {**_document(folder, lock, again, planned), "warnings": warnings}
    if options["dry_run"]:
        diff = planned.diff().decode(errors="replace")
        output.data({**document, "diff": diff}, lambda: _text(document, diff))
        return
    execute(planned, progress_for(output.progress))
    remember(again.fresh.content_sha256)  # where anything else lies in the project, its content is another
    output.data(document, lambda: _text(document))
    if planned.conflicts:
        raise click.exceptions.Exit(CONFLICTS)


def _document(folder: Path, lock: Lock, again: Again, planned: UpdatePlan) -> dict[str, Any]:
    return {
        "path": str(folder),
        "candidate": {"before": lock.candidate, "now": again.chosen.entries[0].candidate.id},
        "files": [
            {"path": change.path, "action": change.action, "note": change.note or None} for change in planned.changes
        ],
        "conflicts": list(planned.conflicts),
        "up_to_date": not planned.written and not planned.removed,
    }


def _text(document: dict[str, Any], diff: str = "") -> str:
    before, now = document["candidate"]["before"], document["candidate"]["now"]
    candidate = now if now == before else f"{now} instead of {before}"
    count = len(document["files"])
    state = "is up to date" if document["up_to_date"] else f"{count} file{'' if count == 1 else 's'}"
    lines = [f"{document['path']}: {state}, {candidate}"]
    for file in document["files"]:
        note = f" ({file['note']})" if file["note"] else ""
        lines.append(f"  {file['action']:<8}  {file['path']}{note}")
    return "\n".join([*lines, *([diff.rstrip("\n")] if diff else [])])
