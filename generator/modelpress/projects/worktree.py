"""Whether git has all that lies in a folder, so that an update can be looked at and undone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from modelpress.errors import ModelpressError
from modelpress.wording import enumerated

TIMEOUT = 60  # seconds
NOTHING_RUNS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


def refuse_uncommitted(folder: Path) -> None:
    """Raise ModelpressError where the folder lies in a git work tree and holds what is not committed.

    Without git, or outside a work tree, there is nothing to compare with.
    """
    changed = _uncommitted(folder)
    if changed:
        raise ModelpressError(
            f"{folder} holds changes that git does not have: {enumerated(changed)}",
            hint="Commit them first, so that the update can be looked at and undone; --force updates all the same.",
            file=str(folder),
        )


def _uncommitted(folder: Path) -> list[str]:
    """Paths as git prints them; files that git ignores are not among them."""
    command = [
        "git",
        *NOTHING_RUNS,
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--",
        ".",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # nothing in it is anybody's text
            command,
            cwd=folder,
            env={**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode:
        return _none_outside_a_repository(folder, done.stderr.decode(errors="replace").strip())
    return [entry[3:] for entry in done.stdout.decode(errors="replace").split("\0") if entry]


def _none_outside_a_repository(folder: Path, said: str) -> list[str]:
    if "not a git repository" in said:
        return []
    reason = said.splitlines()[0].removeprefix("fatal: ") if said else "it failed"
    raise ModelpressError(
        f"git cannot say whether {folder} holds changes: {reason}",
        hint="Look at what `git status` says there; --force updates all the same.",
        file=str(folder),
    )
