"""Whether a folder still is what modelpress wrote: its lock lists every file with size and hash."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

from modelpress.bundle import LOCK_NAME, SUMS_NAME, Digest, sha256sums
from modelpress.filetree import reading
from modelpress.project_files import BYTECODE


def edits(folder: Path) -> list[str] | None:
    """What was changed, added or removed in a project since it was written; None where it is no project.

    A project has a `modelpress.lock` with `"files": {path: {"sha256", "size"}}`. Bytecode
    that Python left is no edit. Sizes are compared before anything is hashed.
    """
    lock = folder / LOCK_NAME
    try:
        content = lock.read_bytes()
        listed = json.loads(content)["files"]
        written = {path: Digest(file["size"], file["sha256"]) for path, file in listed.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    found = _files(folder)
    written[LOCK_NAME] = Digest.of(content)
    if SUMS_NAME in found:  # written after the lock where the lock does not list it
        written.setdefault(SUMS_NAME, Digest.of(sha256sums(written)))
    changed = {path for path in found.keys() & written.keys() if _differs(folder / path, found[path], written[path])}
    return sorted(
        [f"{path} (changed)" for path in changed]
        + [f"{path} (added)" for path in found.keys() - written.keys()]
        + [f"{path} (removed)" for path in written.keys() - found.keys()]
    )


def _files(folder: Path) -> dict[str, int | None]:
    """Size in bytes of every file; None for a link, a socket and the like."""
    found: dict[str, int | None] = {}
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != BYTECODE]
        for path in (Path(top, name) for name in [*files, *folders]):
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode):
                found[path.relative_to(folder).as_posix()] = status.st_size if stat.S_ISREG(status.st_mode) else None
    return found


def _differs(path: Path, size: int | None, written: Digest) -> bool:
    if size != written.size:
        return True
    with reading(str(path)), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != written.sha256
