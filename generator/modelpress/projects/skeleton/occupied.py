"""Whether a new project may be put in a place."""

from __future__ import annotations

from pathlib import Path

from modelpress.errors import ModelpressError
from modelpress.executors.target import check_parent, real, writing_to


def refuse_occupied(target: Path) -> None:
    """Raise ModelpressError unless `target` is new, or an empty folder, and can be written."""
    with writing_to(target):
        check_parent(target)
        if not target.exists() and not target.is_symlink():
            return
        hint = "Give a new folder: nothing that exists is touched."
        if not target.is_dir():
            reason = "is there already, and is no folder"
        elif any(target.iterdir()):
            reason = "is not empty"
        elif Path.cwd().is_relative_to(real(target)):
            reason, hint = "holds the working folder", "Run the command from outside it."
        else:
            return
    raise ModelpressError(f"{target} {reason}", hint=hint, file=str(target))
