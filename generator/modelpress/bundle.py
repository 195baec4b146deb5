"""A bundle: everything that will be written, by path, before the first byte is written.

Model files are never copied into a bundle; an entry knows how to open them where they lie.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


class Entry(Protocol):
    """The content of one file: its size in bytes and a way to read it from the start.

    Entries with the same `identity` hold the same bytes (two candidates that share a model):
    a writer hashes them once. None means nothing is known.
    """

    @property
    def size(self) -> int: ...

    @property
    def identity(self) -> Hashable | None: ...

    @property
    def is_text(self) -> bool: ...

    def open(self) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class RenderedText:
    """Bytes held in memory: rendered text, always small."""

    content: bytes
    is_text: bool = True

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
    """A file on disk, read where it lies; `path` is resolved (no symlinks left)."""

    path: Path
    size: int
    is_text: bool = False

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


Closing = Callable[[Mapping[str, Digest]], bytes]
"""Makes an entry that is written last from the digests of all entries before it."""
