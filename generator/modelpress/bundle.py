"""A bundle: everything that will be written, by path, before the first byte is written.

Model files are never copied into a bundle; an entry knows how to open them where they lie.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

from modelpress.errors import ModelpressError, UnsafeInputError

SUMS_NAME = "SHA256SUMS"
LOCK_NAME = "modelpress.lock"

LONGEST_NAME = 255  # bytes of one name, the most that ext4, APFS and NTFS take
WINDOWS_FORBIDS = re.compile(r'[\\:*?"<>|]')
WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


class Entry(Protocol):
    """The content of one file: its size in bytes and a way to read it from the start.

    Entries with the same `identity` hold the same bytes (two candidates that share a model):
    a writer hashes them once. None means nothing is known. Text is worth compressing;
    `executable` is for scripts.
    """

    @property
    def size(self) -> int: ...

    @property
    def identity(self) -> Hashable | None: ...

    @property
    def is_text(self) -> bool: ...

    @property
    def executable(self) -> bool: ...

    def open(self) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class RenderedText:
    """Bytes held in memory: rendered text, always small. `executable` asks for the mode of a script."""

    content: bytes
    is_text: bool = True
    executable: bool = False

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def identity(self) -> Hashable | None:
        return None

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class ExistingFile:
    """A file on disk, read where it lies; `path` is resolved (no symlinks left).

    `executable` asks for the mode of a script, whatever the file's own mode is.
    """

    path: Path
    size: int
    is_text: bool = False
    executable: bool = False

    @property
    def identity(self) -> Hashable | None:
        return self.path

    def open(self) -> BinaryIO:
        return self.path.open("rb", buffering=0)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a writer learnt of an entry on the way: size in bytes and SHA-256 in hexadecimal."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Digest:
        return cls(len(content), hashlib.sha256(content).hexdigest())


Closing = Callable[[Mapping[str, Digest]], bytes]
"""Makes an entry that is written last from the digests of all entries before it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries by path, and closings, which are written after them in the order given.

    Made by `Bundle.of`, which checks every path and sorts the entries by the bytes of their
    path, so that the order in which they were gathered does not show in what is written.
    """

    entries: Mapping[str, Entry]
    closings: Mapping[str, Closing] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Mapping[str, Entry], closings: Mapping[str, Closing] | None = None) -> Bundle:
        """A bundle of these files.

        Raises UnsafeInputError for a path that does not stay inside the bundle's folder or
        that Linux, macOS and Windows do not all write the same.
        """
        closings = dict(closings or {})
        _check_distinct([*entries, *closings])
        in_order = {path: entries[path] for path in sorted(entries, key=str.encode)}
        return cls(MappingProxyType(in_order), MappingProxyType(closings))

    def join(self, other: Bundle) -> Bundle:
        """Both bundles as one; the same path in both is an error."""
        twice = sorted({*self.entries, *self.closings} & {*other.entries, *other.closings})
        if twice:
            raise ModelpressError(
                f"two parts of the bundle both write {twice[0]!r}", hint="Leave one of the two parts out."
            )
        return Bundle.of({**self.entries, **other.entries}, {**self.closings, **other.closings})

    @property
    def size(self) -> int:
        """Bytes of all entries; closings are not made yet."""
        return sum(entry.size for entry in self.entries.values())


def sha256sums(digests: Mapping[str, Digest]) -> bytes:
    """The closing that `sha256sum -c` checks: one line a file, sorted by the bytes of the path.

    The checked paths of a bundle hold nothing that this format would have to escape.
    """
    lines = (f"{digests[path].sha256}  {path}\n" for path in sorted(digests, key=str.encode))
    return "".join(lines).encode()


def content_sha256(digests: Mapping[str, Digest]) -> str:
    """One digest for all content: that of SHA256SUMS, whether or not the bundle writes that file."""
    if SUMS_NAME in digests:
        return digests[SUMS_NAME].sha256
    return Digest.of(sha256sums(digests)).sha256


def check_path(path: str) -> None:
    """Raise UnsafeInputError unless `path` names the same file inside a folder on every system."""
    reason = _reason_against(path)
    if reason:
        raise UnsafeInputError(
            f"{path!r} cannot be a path in a bundle: {reason}",
            hint="Rename the file to what Linux, macOS and Windows all accept.",
        )


def _reason_against(path: str) -> str:
    if path.startswith("/"):
        return "it is absolute"
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in path):
        return "it holds a control character or bytes that are not UTF-8"
    return next(filter(None, map(_reason_against_name, path.split("/"))), "")


def _reason_against_name(name: str) -> str:
    if name in {"", ".", ".."}:
        return f"it is not normalised ({name!r} between slashes)"
    if found := WINDOWS_FORBIDS.search(name):
        return f"Windows does not allow {found.group()!r} in a name"
    if name.endswith((".", " ")):
        return f"Windows drops the last character of {name!r}"
    if WINDOWS_DEVICES.fullmatch(name):
        return f"Windows reserves the name {name!r}"
    return f"a name in it is longer than {LONGEST_NAME} bytes" if len(name.encode()) > LONGEST_NAME else ""


def _check_distinct(paths: Iterable[str]) -> None:
    """Check each path, and that no two meet where case or Unicode form is ignored."""
    files: dict[str, str] = {}
    folders: dict[str, tuple[str, str]] = {}
    for path in paths:
        check_path(path)
        key = _folded(path)
        if files.get(key) == path:
            raise UnsafeInputError(f"{path!r} is written twice", hint="Leave one of the two parts out.")
        if key in files:
            _refuse_clash(path, files[key])
        files[key] = path
        names = path.split("/")
        for depth in range(1, len(names)):
            folder = "/".join(names[:depth])
            spelling, below = folders.setdefault(_folded(folder), (folder, path))
            if spelling != folder:
                _refuse_clash(path, below)
    for key in files.keys() & folders.keys():
        raise UnsafeInputError(
            f"{files[key]!r} cannot be a file and the folder of {folders[key][1]!r}", hint="Rename one of the two."
        )


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _refuse_clash(path: str, other: str) -> None:
    raise UnsafeInputError(
        f"{path!r} and {other!r} are one place where upper and lower case or Unicode forms are not told apart",
        hint="Rename one of the two.",
    )
