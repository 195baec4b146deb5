"""Outputs appear whole or not at all: written beside the target, then renamed.

Everything unfinished lies in one folder `.<name>.<8 hexadecimal digits>.partial` beside the
target, with a lock held on a file in it while the writer lives. A writer that was killed
leaves the folder; the next writer of the same target gets its lock, and removes it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from modelpress.executors.exchange import exchange
from modelpress.executors.locking import lock
from modelpress.executors.target import missing_parents, writing_to

LOCK_FILE = "writer.lock"
CONTENT = "content"
PREVIOUS = "previous"


@contextmanager
def workspace(target: Path) -> Iterator[Path]:
    """The path to write the content of `target` at, a new file or a new folder; place it before leaving.

    Missing folders above the target are made. Whatever was not placed is removed on the way
    out, and what killed writers of the same target left is removed on the way in. An OSError
    becomes a ModelpressError.
    """
    with writing_to(target), _parents(target):
        remove_stale(target)
        folder, held = _claim(target)
        try:
            yield folder / CONTENT
        finally:
            with held, suppress(OSError):  # what cannot be removed is left to the next writer
                _remove(folder, held)
        remove_stale(target)


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the missing folders above the target; those that stay empty are removed again."""
    made = missing_parents(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):  # not empty: there is a target, or something else, in it
            for folder in made:
                folder.rmdir()


def place_folder(content: Path, target: Path, *, replaces: bool) -> None:
    """Put the finished folder in the target's place; with `replaces` it swaps with the folder that is there.

    Linux swaps at one moment. Elsewhere two renames are needed; a writer that is killed
    between them leaves the old folder in its workspace, where it stays until the next one
    has put a whole folder in the target's place.
    """
    if not replaces:
        content.rename(target)
    elif not exchange(content, target):
        swap_by_renaming(content, target)


def swap_by_renaming(content: Path, target: Path) -> None:
    """Swap in two steps, back to the start when the second one fails."""
    previous = content.with_name(PREVIOUS)
    target.rename(previous)
    try:
        content.rename(target)
    except BaseException:
        previous.rename(target)
        raise


def remove_stale(target: Path) -> None:
    """Remove the workspaces of writers of this target that live no more."""
    pattern = re.compile(re.escape(f".{target.name}.") + r"[0-9a-f]{8}\.partial")
    with os.scandir(target.parent) as found:
        folders = [Path(item) for item in found if pattern.fullmatch(item.name) and item.is_dir(follow_symlinks=False)]
    for folder in folders:
        if (folder / PREVIOUS).exists() and not target.exists():
            continue  # the only copy of what was there
        with suppress(OSError):  # removed by another writer, not ours to open, or no locks: then nobody can tell
            _remove_unless_held(folder)


def _remove_unless_held(folder: Path) -> None:
    try:
        held = (folder / LOCK_FILE).open("r+b")
    except FileNotFoundError:
        folder.rmdir()  # killed before it had a lock, or about to take one: then it takes another folder
        return
    with held:
        if lock(held):
            _remove(folder, held)


def _claim(target: Path) -> tuple[Path, BinaryIO]:
    """A new workspace and the file whose lock says that its writer lives."""
    while True:
        folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
        folder.mkdir()
        try:
            held = (folder / LOCK_FILE).open("xb")
        except FileNotFoundError:
            continue  # another writer took the empty folder for a stale one
        except OSError:
            folder.rmdir()
            raise
        if _hold(held) and (folder / LOCK_FILE).exists():
            return folder, held
        held.close()


def _hold(file: BinaryIO) -> bool:
    try:
        return lock(file)
    except OSError:
        return True  # a file system without locks: no other writer gets this one either


def _remove(folder: Path, held: BinaryIO) -> None:
    """Remove the workspace under its lock, the lock last: killed in between, the next writer can do the rest."""
    for path in (folder / CONTENT, folder / PREVIOUS):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    with suppress(PermissionError):  # Windows removes no open file
        (folder / LOCK_FILE).unlink()
    held.close()
    (folder / LOCK_FILE).unlink(missing_ok=True)
    folder.rmdir()
