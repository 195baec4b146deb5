"""The folders that a template set is made of: its own, those that it inherits, and those that it mounts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from modelpress.bundle import Entry, ExistingFile
from modelpress.errors import UnsafeInputError
from modelpress.filetree import FolderTree, reading
from modelpress.project_files import BYTECODE, marked_entry
from modelpress.templating.manifest import MANIFEST_NAME

SUFFIX = ".jinja"
"""What a template's name ends in, and its output's does not."""

CASES = "_tests"
"""The folder of a set's own golden cases, which are no part of it."""


@dataclass(frozen=True, slots=True)
class Mount:
    """The files of the folder `source` of a set appear in the folder `target` of the set that mounts them."""

    target: str
    source: str


@dataclass(frozen=True, slots=True)
class SetFolder:
    """One folder of files of a template set. `set_name` is the set that it lies in, whichever one uses it.

    A file's name is its path in the set that is rendered: below a mount it differs from the
    path in the folder. `removes` are paths of files and folders of the set that farther folders
    put into it. A foreign folder was written by others.
    """

    set_name: str
    layer: str
    tree: FolderTree
    mount: Mount | None = None
    removes: tuple[str, ...] = ()
    is_foreign: bool = False

    @property
    def path(self) -> Path:
        return self.tree.location

    def names(self) -> Iterator[str]:
        """POSIX paths of the files in it, sorted; a link to a folder is refused (exit 4)."""
        top = self.path / self.mount.source if self.mount else self.path
        for inside in _files_below(top):
            if self.mount:
                yield f"{self.mount.target}/{inside}"
            elif inside != MANIFEST_NAME and not inside.startswith(f"{CASES}/"):
                yield inside

    def takes_out(self, name: str) -> bool:
        """Whether it takes that file of a farther folder out of the set."""
        return any(takes_out(path, name) for path in self.removes)

    def entry(self, name: str) -> Entry | None:
        """The file of that name, None where there is none. Raises UnsafeInputError for one that leads outside."""
        inside = self._inside(name)
        return None if inside is None else self.tree.entry(inside)

    def content(self, name: str) -> Entry:
        """The file of that name, which is there, known for text or a script by its content."""
        inside = self._inside(name) or name
        entry = self.tree.entry(inside)
        if not isinstance(entry, ExistingFile):
            return marked_entry(self.tree, inside)
        with reading(self.tree.describe(inside)):
            return _marked(self.tree, inside, (entry.size, entry.path.stat().st_mtime_ns))

    def file(self, name: str) -> Path:
        """Where the file of that name lies, or would lie."""
        return self.path / (self._inside(name) or name)

    def describe(self, name: str) -> str:
        """The file of that name as people know it: `set:path`."""
        return f"{self.set_name}:{self._inside(name) or name}"

    def _inside(self, name: str) -> str | None:
        """The path in this folder of the file of that name; None for a name outside the mount."""
        if self.mount is None:
            return name
        target = f"{self.mount.target}/"
        return f"{self.mount.source}/{name.removeprefix(target)}" if name.startswith(target) else None


@lru_cache(maxsize=1024)
def _marked(tree: FolderTree, inside: str, _version: tuple[int, int]) -> Entry:
    """The file in one version, by size and time: looked at once, however many projects it goes into."""
    return marked_entry(tree, inside)


def takes_out(path: str, name: str) -> bool:
    """Whether `path` in a `remove` means the file `name`: by its path, that of its output, or a folder above."""
    return name in {path, f"{path}{SUFFIX}"} or name.startswith(f"{path}/")


def _files_below(top: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(top):
        below = "" if folder == str(top) else f"{Path(folder).relative_to(top).as_posix()}/"
        folders[:] = sorted(one for one in folders if one != BYTECODE)
        for name in folders:
            if Path(folder, name).is_symlink():
                raise UnsafeInputError(
                    f"{Path(folder, name)} is a link to a folder",
                    hint="Copy the folder into the template set.",
                    file=str(top),
                )
        for name in sorted(files):
            if not name.endswith(".pyc"):
                yield f"{below}{name}"
