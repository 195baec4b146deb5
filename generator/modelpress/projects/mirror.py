"""A second folder with the same files, made of hard links: what is unchanged costs nothing, however large."""

from __future__ import annotations

import os
import shutil
from collections.abc import Set as AbstractSet
from pathlib import Path


def mirror(source: Path, target: Path, left_out: AbstractSet[str]) -> None:
    """Make the new folder `target` with all that is in `source`, modes, links and git's own files included.

    `left_out` are POSIX paths of files; a folder that would hold nothing but these is left out
    as well. OSError where something cannot be read or made.
    """
    target.mkdir()
    for top, folders, names in os.walk(source, onerror=_fail):
        inside = Path(top).relative_to(source)
        links = [name for name in folders if Path(top, name).is_symlink()]
        for name in [*names, *links]:
            if (inside / name).as_posix() not in left_out:
                _link(Path(top, name), target / inside / name)
        for name in folders:
            if name not in links:
                (target / inside / name).mkdir()
    emptied = {Path(path).parent for path in left_out}
    for folder in sorted(emptied, key=lambda path: len(path.parts), reverse=True):
        _remove_empty(target / folder, target)
    for top, folders, _ in os.walk(source):
        for place in (Path(top, name).relative_to(source) for name in folders):
            if (target / place).is_dir() and not (target / place).is_symlink():
                shutil.copystat(source / place, target / place)
    shutil.copystat(source, target)


def _fail(error: OSError) -> None:
    raise error


def _link(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links, or a file of another user
        shutil.copy2(source, target)


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove the folder, and those above it, that hold nothing."""
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
