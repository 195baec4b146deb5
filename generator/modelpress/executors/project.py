"""Whether a folder or a zip still is what modelpress wrote: a list in it has the hash of every file."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from io import BufferedIOBase
from pathlib import Path
from typing import cast

from modelpress.bundle import LOCK_NAME, SUMS_NAME, Digest, sha256sums
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, ZipTree, reading
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
    return _named(changed, found.keys() - written.keys(), written.keys() - found.keys())


def zip_edits(path: Path) -> list[str] | None:
    """The same of a zip. Its list is `modelpress.lock`, or else `SHA256SUMS`; without either it is None.

    Every byte is read where the names are those of the list.
    """
    tree = ZipTree(path)
    try:
        names = set(tree.names())
        written = _listed(tree, names)
        added, removed = names - written.keys(), written.keys() - names
        changed = set() if added or removed else {name for name in names if _digest(tree, name) != written[name]}
    except (ModelpressError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return _named(changed, added, removed)


def _listed(tree: FileTree, names: set[str]) -> Mapping[str, Digest]:
    """The digest of every file as the zip's list has it, and those of the list itself as they are."""
    if LOCK_NAME in names:
        files = json.loads(_content(tree, LOCK_NAME))["files"]
        listed = {path: Digest(file["size"], file["sha256"]) for path, file in files.items()}
        listed[LOCK_NAME] = _digest(tree, LOCK_NAME)
        if SUMS_NAME in names:
            listed.setdefault(SUMS_NAME, Digest.of(sha256sums(listed)))
        return listed
    lines = [line.split("  ", 1) for line in _content(tree, SUMS_NAME).decode().splitlines()]
    sizes = {path: entry.size for path in names if (entry := tree.entry(path))}
    return {path: Digest(sizes.get(path, 0), sha256) for sha256, path in lines} | {SUMS_NAME: _digest(tree, SUMS_NAME)}


def _content(tree: FileTree, name: str) -> bytes:
    entry = tree.entry(name)
    if entry is None:
        raise KeyError(name)
    with reading(name), entry.open() as source:
        return source.read()


def _digest(tree: FileTree, name: str) -> Digest:
    entry = tree.entry(name)
    if entry is None:
        raise KeyError(name)
    with reading(name), entry.open() as source:
        return Digest(entry.size, hashlib.file_digest(cast(BufferedIOBase, source), "sha256").hexdigest())


def _named(changed: set[str], added: set[str], removed: set[str]) -> list[str]:
    """Each with what was done to it, sorted."""
    return sorted(
        [f"{path} (changed)" for path in changed]
        + [f"{path} (added)" for path in added]
        + [f"{path} (removed)" for path in removed]
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
