"""What every writer checks of the place that it is to write to."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelpress.bundle import Bundle, ExistingFile
from modelpress.errors import ModelpressError
from modelpress.filetree import ZipMember

NO_SPACE = "Free some space, or write to another disk with -o."
NO_RIGHT = "Write to a folder that is yours with -o, or change the permissions of this one."
HINTS = {
    errno.ENOSPC: NO_SPACE,
    errno.EDQUOT: NO_SPACE,
    errno.EFBIG: "The file system or a limit of the shell (ulimit -f) allows no file of that size.",
    errno.EACCES: NO_RIGHT,
    errno.EPERM: NO_RIGHT,
    errno.EROFS: "The file system is read-only; write to another with -o.",
    errno.ENOENT: "Its folder takes no files, or went away while it was written; write elsewhere with -o.",
    errno.ENOTEMPTY: "Something else was written there in the meantime; look at it, and run the command again.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


@contextmanager
def writing_to(target: Path) -> Iterator[None]:
    """Turn an OSError, from whatever is done to write the target, into a ModelpressError with a hint."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        hint = HINTS.get(error.errno or 0, "Look at the target's folder and its disk.")
        raise ModelpressError(f"{target} cannot be written: {reason}", hint=hint, file=str(target)) from error


def real(target: Path) -> Path:
    """The place that a target names: absolute, symlinks followed, whether or not it exists."""
    return Path(os.path.realpath(target))


def missing_parents(target: Path) -> list[Path]:
    """The folders above `target` that do not exist, innermost first."""
    parents = real(target).parents
    return [parent for parent in parents if not parent.exists()]


def check_parent(target: Path) -> None:
    """Raise ModelpressError unless files can be made in the folder that `target` will lie in, or that folder itself."""
    parent = next(parent for parent in real(target).parents if parent.exists())
    if not parent.is_dir():
        raise ModelpressError(f"{target}: {parent} is not a folder", hint="Give another path.", file=str(target))
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ModelpressError(
            f"{target}: no files can be written in {parent}",
            hint="Give a folder that is yours, or change its permissions.",
            file=str(target),
        )


def check_sources(bundle: Bundle, target: Path) -> None:
    """Raise ModelpressError where writing `target` would remove what the bundle is read from."""
    place = real(target)
    for source in _sources(bundle):
        if source.is_relative_to(place):
            hint = "Write elsewhere with -o."
            raise ModelpressError(f"{target} cannot be replaced: {source} is read for it", hint=hint, file=str(target))


def _sources(bundle: Bundle) -> set[Path]:
    entries = bundle.entries.values()
    files = {entry.path for entry in entries if isinstance(entry, ExistingFile)}
    zips = {entry.archive.filename for entry in entries if isinstance(entry, ZipMember)}
    return files | {real(Path(name)) for name in zips if name}
