"""A layer of template sets: one place on the search path, and which state of it is in use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modelpress.fetching.unpacking import sha256_of
from modelpress.project_files import BYTECODE
from modelpress.version import __version__

Kind = Literal["built-in", "folder", "git", "zip"]
LEFT_OUT = {BYTECODE, ".git"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One place on the search path: its name for people, the folder of its sets, and where they came from.

    `pinned` is the commit of a repository or the SHA-256 of a zip.
    """

    name: str
    path: Path
    kind: Kind = "folder"
    pinned: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether others wrote it: then its sets are rendered in a process of their own."""
        return self.kind in {"git", "zip"}

    def version(self) -> str:
        """The commit, the zip's SHA-256, the version of modelpress, or a SHA-256 over the files of a folder."""
        if self.kind == "built-in":
            return __version__
        return self.pinned or _digest(self.path)


def _digest(folder: Path) -> str:
    """SHA-256 over the path and content of every file: the same wherever the folder lies."""
    total = hashlib.sha256()
    for name in sorted(_names(folder)):
        total.update(f"{sha256_of(folder / name)} {name}\0".encode(errors="surrogateescape"))
    return total.hexdigest()


def _names(folder: Path) -> Iterator[str]:
    for top, folders, files in os.walk(folder):
        folders[:] = set(folders) - LEFT_OUT
        for path in (Path(top, name) for name in files):
            if path.suffix != ".pyc" and path.is_file():
                yield path.relative_to(folder).as_posix()
