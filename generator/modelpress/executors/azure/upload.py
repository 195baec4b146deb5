"""Uploads of our own: in blocks, several at once, gone on with after any interruption.

Content lies under its own digest, so what is there already is right. A blob appears whole, its
digest in its metadata; of one that is not finished the service keeps the blocks for a week, and
they are not sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BufferedIOBase
from typing import cast

from modelpress.bundle import Digest, Entry
from modelpress.errors import ModelpressError, RemoteError
from modelpress.executors.azure.blobs import BlobStore, block_id
from modelpress.executors.azure.contents import Content
from modelpress.executors.azure.crew import Crew
from modelpress.executors.azure.faults import ServiceError
from modelpress.executors.azure.retrying import Retries
from modelpress.executors.progress import Report
from modelpress.filetree import reading

BLOCK = 4 << 20  # bytes; what is lost when a connection breaks
MOST_BLOCKS = 50_000  # of one blob, a limit of the service
HANDS = 8  # blocks under way at once


def upload(contents: Sequence[Content], store: BlobStore, retries: Retries) -> None:
    """Bring the contents to the places that they name, where they are not there yet.

    Raises ServiceError where that fails for good, ModelpressError for a file that cannot be
    read or is not what it was when it was hashed.
    """
    report = retries.report
    report.waiting("uploading")
    report.start(sum(content.size for content in contents))
    try:
        with Crew(HANDS, report.advance) as crew:
            bringing = _Upload(crew, store, replace(retries, given_up=crew.ended))
            for content in contents:
                bringing.bring(content)
    finally:
        report.finish()


def block_size(size: int) -> int:
    """Bytes of each block but the last, of a blob of that size; whole megabytes."""
    megabyte = 1 << 20
    return max(BLOCK, -(-size // (MOST_BLOCKS * megabyte)) * megabyte)


class _Upload:
    """Brings one content after the other."""

    def __init__(self, crew: Crew, store: BlobStore, retries: Retries) -> None:
        self._crew = crew
        self._store = store
        self._retries = retries
        self._report: Report = retries.report

    def bring(self, content: Content) -> None:
        finished = self._finished(content)
        for name, entry, digest in content.blobs():
            if finished.get(name) == digest:
                self._report.advance(digest.size)
            elif digest.size <= BLOCK:
                self._put(name, entry, digest)
            else:
                self._put_in_blocks(name, entry, digest)
        self._crew.finish()
        self._verify(content)

    def _finished(self, content: Content) -> dict[str, Digest]:
        doing = f"looking for what is uploaded of {content.path}"
        return self._retries.call(doing, lambda: self._store.finished(content.remote_path))

    def _verify(self, content: Content) -> None:
        finished = self._finished(content)
        missing = [name for name, _, digest in content.blobs() if finished.get(name) != digest]
        if missing:
            raise RemoteError(
                f"uploading {content.path} failed: the datastore does not hold {missing[0]} as it was sent",
                hint="Something else writes or removes there; run the command again.",
            )

    def _put(self, name: str, entry: Entry, digest: Digest) -> None:
        data = next(_blocks(name, entry, BLOCK + 1), b"")  # a byte more shows that the file has grown
        if Digest.of(data) != digest:
            raise _changed(name)

        def send() -> int:
            self._retries.call(f"uploading {_shown(name)}", lambda: self._store.put(name, data, digest))
            return len(data)

        self._crew.give(send)

    def _put_in_blocks(self, name: str, entry: Entry, digest: Digest) -> None:
        doing = f"uploading {_shown(name)}"
        staged = self._retries.call(doing, lambda: self._store.staged(name))
        sha256 = hashlib.sha256()
        blocks: list[str] = []
        for place, data in enumerate(_blocks(name, entry, block_size(digest.size))):
            sha256.update(data)
            blocks.append(block_id(place))
            if staged.get(block_id(place)) == len(data):
                self._report.advance(len(data))
            else:
                self._crew.give(_Block(self._store, self._retries, name, place, data))
        if sha256.hexdigest() != digest.sha256:
            raise _changed(name)
        self._crew.finish()
        self._commit(doing, name, blocks, digest)

    def _commit(self, doing: str, name: str, blocks: Sequence[str], digest: Digest) -> None:
        try:
            self._retries.call(doing, lambda: self._store.commit(name, blocks, digest))
        except ServiceError:
            # Another run may have made the same blob meanwhile, which drops the blocks of this one.
            if self._retries.call(doing, lambda: self._store.finished(name)).get(name) != digest:
                raise


class _Block:
    """Sends one block of a blob; what it returns is its size."""

    def __init__(self, store: BlobStore, retries: Retries, name: str, place: int, data: bytes) -> None:
        self._store = store
        self._retries = retries
        self._name = name
        self._place = place
        self._data = data

    def __call__(self) -> int:
        doing = f"uploading block {self._place + 1} of {_shown(self._name)}"
        self._retries.call(doing, lambda: self._store.stage(self._name, block_id(self._place), self._data))
        return len(self._data)


def _blocks(name: str, entry: Entry, size: int) -> Iterator[bytes]:
    """The bytes of an entry, `size` at a time."""
    with reading(name):
        source = cast(BufferedIOBase, entry.open())  # typing's BinaryIO leaves readinto out
    with source:
        while block := _filled(name, source, size):
            yield block


def _filled(name: str, source: BufferedIOBase, size: int) -> bytes:
    parts = []
    left = size
    with reading(name):
        while left and (part := source.read(left)):  # an unbuffered file may give less than was asked for
            parts.append(part)
            left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _shown(name: str) -> str:
    """The name of a blob without the folder that is its digest."""
    return name.split("/", 2)[-1]


def _changed(name: str) -> ModelpressError:
    return ModelpressError(
        f"{_shown(name)} changed while it was uploaded",
        hint="Wait until nothing writes to the project any more, and run the command again.",
    )
