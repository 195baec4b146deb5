"""What a reader is given: a path, looked at once however many readers ask."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modelpress.bundle import ExistingFile
from modelpress.candidates.reading import datafile
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, FolderTree, TreePath, ZipTree

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
YAML = (".yaml", ".yml")
BINARY = {".onnx"}


@dataclass(frozen=True)
class Source:
    """A path to read candidates from."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @cached_property
    def tree(self) -> FileTree | None:
        """The files of a folder or a zip; None for any other file."""
        if self.path.is_dir():
            return FolderTree(self.path)
        return ZipTree(self.path) if self.path.suffix.lower() == ".zip" or self._head.startswith(ZIP_MAGIC) else None

    @cached_property
    def data(self) -> Any:
        """The data of a JSON or YAML file, None for anything else. Raises ModelpressError where it is malformed.

        A file is JSON or YAML by its suffix, or where it begins with a brace or a bracket and
        no other suffix speaks against it.
        """
        suffix = self.path.suffix.lower()
        begins = self._head.lstrip()[:1] in {b"{", b"["} and suffix not in BINARY
        is_text = self.tree is None and (suffix in {".json", *YAML} or begins)
        return datafile.parse(self.content, str(self.path)) if is_text else None

    @cached_property
    def content(self) -> bytes:
        """The bytes of a file that is meant to be small."""
        return datafile.read_bytes(ExistingFile(self.path, self.path.stat().st_size), str(self.path))

    @property
    def beside(self) -> FolderTree:
        """The folder that the path lies in."""
        return FolderTree(self.path.parent)

    @cached_property
    def _head(self) -> bytes:
        if not self.path.is_file():  # a pipe would wait for ever
            return b""
        try:
            with self.path.open("rb") as file:
                return file.read(64)
        except OSError as error:
            raise _unreadable(str(self.path), error) from None


def children(tree: FileTree, folder: str = "") -> tuple[list[str], list[str]]:
    """The names of the files and of the folders directly in a folder of the tree, sorted."""
    if not isinstance(tree, FolderTree):
        prefix = folder.rstrip("/") + "/" if folder else ""
        below = [name.removeprefix(prefix).split("/", 1) for name in tree.names(folder)]
        files, folders = ({parts[0] for parts in below if len(parts) == n} for n in (1, 2))
        return sorted(files), sorted(folders)
    try:
        with os.scandir(tree.location / folder) as found:
            entries = [(entry.name, _is_folder(entry)) for entry in found]
    except OSError as error:
        raise _unreadable(str(TreePath(tree, folder)), error) from None
    return sorted(name for name, is_folder in entries if not is_folder), sorted(
        name for name, is_folder in entries if is_folder
    )


def _unreadable(where: str, error: OSError) -> ModelpressError:
    hint = "Look at its permissions, and whether its disk is there."
    return ModelpressError(f"{where}: cannot be read: {error.strerror or error}", hint=hint, file=where)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False
