"""A read-only tree of files, in a folder or in a zip, that never leads outside itself.

Names are POSIX paths relative to the tree's top. Nothing is unpacked: a file in a zip is
read through its entry.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from modelpress.bundle import Entry, ExistingFile
from modelpress.errors import ModelpressError, UnsafeInputError

ENCRYPTED = 0x1  # flag bit of a zip member
BOMB_SIZE = 1 << 30  # bytes; what unpacks to less does no harm
BOMB_RATIO = 200  # deflate reaches 1032; real weights and text stay below 20


class FileTree(Protocol):
    """A folder or a zip, seen as names and entries."""

    @property
    def location(self) -> Path: ...

    def names(self, under: str = "") -> Iterator[str]: ...

    def entry(self, name: str) -> Entry | None: ...

    def is_folder(self, name: str) -> bool: ...

    def describe(self, name: str) -> str: ...


@dataclass(frozen=True)
class FolderTree:
    """The files of a folder. Symlinks inside it are followed; one that leaves it is refused (exit 4)."""

    location: Path

    @cached_property
    def _root(self) -> Path:
        return self.location.resolve()

    def names(self, under: str = "") -> Iterator[str]:
        """Names of all files below `under`, sorted folder by folder; links to folders are not entered."""
        top = self._root / under
        for folder, folders, files in os.walk(top):
            folders.sort()
            for name in sorted(files):
                yield Path(folder, name).relative_to(self._root).as_posix()

    def entry(self, name: str) -> Entry | None:
        """The file of that name, or None where there is none.

        Raises UnsafeInputError where the name or a symlink leads outside the folder.
        """
        path = self._resolve(name)
        try:
            found = path.stat()
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return ExistingFile(path, found.st_size)

    def is_folder(self, name: str) -> bool:
        return self._resolve(name).is_dir()

    def describe(self, name: str) -> str:
        return str(self.location / name)

    def _resolve(self, name: str) -> Path:
        root = str(self._root)
        try:
            path = os.path.realpath(os.path.join(root, name))  # noqa: PTH118 - a third of the time of Path.resolve
        except (OSError, ValueError):  # a NUL byte, too long
            return self._root / "\ufffd"
        if path != root and not path.startswith(root.rstrip(os.sep) + os.sep):
            raise UnsafeInputError(
                f"{self.describe(name)} leads outside {self.location}",
                hint="Copy the file into the folder if it belongs there.",
                file=str(self.location),
            )
        return Path(path)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One file of a zip, decompressed while it is read."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    is_text: bool = False
    executable: bool = False

    @property
    def size(self) -> int:
        return self.info.file_size

    @property
    def identity(self) -> Hashable | None:
        return (self.archive.filename, self.info.header_offset)

    def open(self) -> BinaryIO:
        return cast(BinaryIO, self.archive.open(self.info))


@dataclass(frozen=True)
class ZipTree:
    """The files of a zip. A zip that is broken is an error; one that is made to do harm is refused (exit 4)."""

    location: Path

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        try:
            archive = zipfile.ZipFile(self.location)
        except FileNotFoundError:
            raise ModelpressError(
                f"{self.location} cannot be read as a zip: there is no such file or folder",
                hint="Correct the path.",
                file=str(self.location),
            ) from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise ModelpressError(
                f"{self.location} cannot be read as a zip: {error}",
                hint="The file is truncated or not a zip; copy it again from where it was made.",
                file=str(self.location),
            ) from None
        return archive

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        for info in self._archive.infolist():
            self._refuse_unsafe(info)
            if info.filename.endswith("/"):
                continue
            if info.filename in members:
                self._refuse(f"holds {info.filename!r} twice")
            members[info.filename] = info
        unpacked = sum(info.file_size for info in members.values())
        packed = self.location.stat().st_size  # not the sum of the members: they may overlap
        if unpacked > BOMB_SIZE and unpacked > BOMB_RATIO * max(packed, 1):
            self._refuse(f"unpacks to {unpacked} bytes, {unpacked // max(packed, 1)} times its size")
        return members

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(["", *(str(folder) for name in self._members for folder in PurePosixPath(name).parents[:-1])])

    def _refuse_unsafe(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        parts = PurePosixPath(name).parts
        if not name or name.startswith("/") or "\\" in name or ".." in parts or "\0" in name or ":" in name[:2]:
            self._refuse(f"holds {name!r}, which would be written outside the folder it is unpacked to")
        if stat.S_ISLNK(info.external_attr >> 16):
            self._refuse(f"holds the symlink {name!r}")
        if info.flag_bits & ENCRYPTED:
            self._refuse_unreadable(f"{name!r} needs a password")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            self._refuse_unreadable(f"{name!r} is packed with a method other than deflate")

    def _refuse_unreadable(self, what: str) -> None:
        raise ModelpressError(
            f"{self.location}: {what}", hint="Unpack it and give the folder.", file=str(self.location)
        )

    def _refuse(self, what: str) -> None:
        raise UnsafeInputError(
            f"{self.location} {what}", hint="Do not unpack it; ask where it comes from.", file=str(self.location)
        )

    def names(self, under: str = "") -> Iterator[str]:
        """Names of all files below `under`, sorted."""
        prefix = under.rstrip("/") + "/" if under else ""
        return iter(sorted(name for name in self._members if name.startswith(prefix)))

    def entry(self, name: str) -> Entry | None:
        info = self._members.get(name)
        return None if info is None else ZipMember(self._archive, info)

    def is_folder(self, name: str) -> bool:
        return name.rstrip("/") in self._folders

    def describe(self, name: str) -> str:
        return f"{self.location}!{name}"


@dataclass(frozen=True, slots=True)
class TreePath:
    """A place in a tree: a file or a folder ("" is the top)."""

    tree: FileTree
    name: str

    @property
    def entry(self) -> Entry | None:
        return self.tree.entry(self.name)

    @property
    def is_folder(self) -> bool:
        return self.tree.is_folder(self.name)

    @property
    def parent(self) -> TreePath:
        """The folder that it lies in."""
        return TreePath(self.tree, self.name.rpartition("/")[0])

    def inside(self, name: str) -> TreePath:
        """The place of that name in this folder."""
        return TreePath(self.tree, f"{self.name}/{name}" if self.name else name)

    def exists(self) -> bool:
        """Whether there is a file or a folder."""
        try:
            return self.entry is not None or self.is_folder
        except OSError:  # a name that is too long
            return False

    def __str__(self) -> str:
        return self.tree.describe(self.name)


def open_tree(path: Path) -> FileTree:
    """The tree at `path`: a folder, or else a zip."""
    return FolderTree(path) if path.is_dir() else ZipTree(path)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn every way in which an entry fails to be read into a ModelpressError that says which file it was."""
    try:
        yield
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, UnicodeDecodeError) as error:
        hint = "Look whether the file is whole and may be read."
        raise ModelpressError(f"{name} cannot be read: {error}", hint=hint) from error
