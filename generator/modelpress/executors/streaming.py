"""Read every entry of a bundle once, and hand its bytes on while they are hashed.

A writer is a function that opens a place for one path; what all writers have in common is here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from modelpress.bundle import Bundle, Digest, Entry, RenderedText
from modelpress.errors import ModelpressError
from modelpress.executors.compression import Method
from modelpress.executors.hashing import CHUNK, Hashing, InlineHash, KnownHash, OverlappedHash
from modelpress.executors.progress import Progress
from modelpress.filetree import reading


class Sink(Protocol):
    """Where the bytes of one entry go."""

    def write(self, chunk: memoryview, /) -> object: ...


OpenSink = Callable[[str, Entry], AbstractContextManager[Sink]]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file that a plan writes: `size` in bytes, None for a closing, which is made last."""

    path: str
    size: int | None
    method: Method = "store"


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer made: the digest of every file by path, and one for all of them.

    `bytes_written` is what the target takes on disk, `content_sha256` the digest of the
    sorted SHA256SUMS.
    """

    path: Path
    digests: Mapping[str, Digest]
    content_sha256: str
    bytes_written: int


def stream(bundle: Bundle, open_sink: OpenSink, progress: Progress) -> dict[str, Digest]:
    """Write every entry, then the closings, into the places that `open_sink` opens.

    `progress` counts the bytes of entries. Raises ModelpressError where an entry cannot be
    read or changes while it is read.
    """
    digests: dict[str, Digest] = {}
    progress.start(bundle.size)
    try:
        with OverlappedHash() as overlapped:
            copier = _Copier(overlapped, progress.advance)
            for path, entry in bundle.entries.items():
                with open_sink(path, entry) as sink:
                    digests[path] = copier.copy(path, entry, sink)
        for path, closing in bundle.closings.items():
            closed = RenderedText(closing(MappingProxyType(digests)))
            with open_sink(path, closed) as sink:
                sink.write(memoryview(closed.content))
            digests[path] = Digest.of(closed.content)
    finally:
        progress.finish()
    return digests


class _Copier:
    """Copies entries, hashing those that are the same file once."""

    def __init__(self, overlapped: OverlappedHash, advance: Callable[[int], None]) -> None:
        self._overlapped = overlapped
        self._advance = advance
        self._buffer = memoryview(bytearray(CHUNK))
        self._known: dict[tuple[Hashable, int | None], str] = {}

    def copy(self, path: str, entry: Entry, sink: Sink) -> Digest:
        with reading(path):
            source = cast(BufferedIOBase, entry.open())  # typing's BinaryIO leaves readinto out
        with source:
            # A file that was modified since it was hashed is hashed again.
            version = (entry.identity, _modified(source))
            hashing = self._hashing_for(entry, version)
            whole = self._pass_on(path, source, entry.size, hashing, sink)
            if not whole or _modified(source) != version[1]:
                raise ModelpressError(
                    f"{path} changed while it was read",
                    hint="Wait until nothing writes to the model any more, and run the command again.",
                )
        sha256 = hashing.hexdigest()
        if entry.identity is not None:
            self._known[version] = sha256
        return Digest(entry.size, sha256)

    def _hashing_for(self, entry: Entry, version: tuple[Hashable, int | None]) -> Hashing:
        if version in self._known:
            return KnownHash(self._known[version], self._buffer)
        return self._overlapped if entry.size > CHUNK else InlineHash(self._buffer)

    def _pass_on(self, path: str, source: BufferedIOBase, size: int, hashing: Hashing, sink: Sink) -> bool:
        """Pass on `size` bytes; False where the source has fewer or more."""
        left = size
        while left:
            buffer = hashing.buffer()[:left]
            with reading(path):
                count = source.readinto(buffer)
            if not count:
                return False
            hashing.update(buffer[:count])
            sink.write(buffer[:count])
            left -= count
            self._advance(count)
        with reading(path):
            return not source.read(1)


def _modified(source: BufferedIOBase) -> int | None:
    """When the open file was last modified, in ns; None for a source that is no regular file of its own."""
    try:
        status = os.fstat(source.fileno())
    except OSError:
        return None
    return status.st_mtime_ns if stat.S_ISREG(status.st_mode) else None
