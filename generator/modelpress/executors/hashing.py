"""Three ways to come by the SHA-256 of an entry while its bytes pass through.

A caller gets a buffer, fills it, hands the filled part to `update` and may go on reading
that part until it asks for the next buffer.
"""

from __future__ import annotations

import hashlib
import threading
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self

CHUNK = 256 * 1024  # bytes; page-aligned writes of 1 MiB were measured to cost ext4 four times as much
RING = 4  # buffers in flight: enough for reader and hasher not to wait for each other


class Hashing(Protocol):
    """The digest of the bytes of one entry."""

    def buffer(self) -> memoryview: ...

    def update(self, chunk: memoryview) -> None: ...

    def hexdigest(self) -> str: ...


class KnownHash:
    """The digest of bytes that were hashed before."""

    def __init__(self, sha256: str, buffer: memoryview) -> None:
        self._sha256 = sha256
        self._buffer = buffer

    def buffer(self) -> memoryview:
        return self._buffer

    def update(self, chunk: memoryview) -> None:
        pass

    def hexdigest(self) -> str:
        return self._sha256


class InlineHash:
    """Hashes in the calling thread: for a small entry a second thread costs more than it saves."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self._sha256 = hashlib.sha256()

    def buffer(self) -> memoryview:
        return self._buffer

    def update(self, chunk: memoryview) -> None:
        self._sha256.update(chunk)

    def hexdigest(self) -> str:
        return self._sha256.hexdigest()


class OverlappedHash:
    """Hashes in a second thread while the caller reads and writes; for one entry after the other.

    Hashing takes as long as all the rest together, and releases the interpreter lock. The
    thread and its buffers are made for the first entry: a bundle of small ones needs neither.
    """

    def __init__(self) -> None:
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._filled: SimpleQueue[memoryview | None] = SimpleQueue()
        self._digests: SimpleQueue[str] = SimpleQueue()
        self._ended = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._filled.put(None)
        if self._thread is not None:
            self._thread.join()

    def buffer(self) -> memoryview:
        if self._thread is None:
            self._start()
        return self._free.get()

    def _start(self) -> None:
        for _ in range(RING):
            self._free.put(memoryview(bytearray(CHUNK)))
        thread = threading.Thread(target=self._run, name="sha256", daemon=True)
        thread.start()
        self._thread = thread  # only now can it be joined: Ctrl-C may end this function anywhere

    def update(self, chunk: memoryview) -> None:
        self._filled.put(chunk)

    def hexdigest(self) -> str:
        self._filled.put(None)
        return self._digests.get()

    def _run(self) -> None:
        while not self._ended:
            sha256 = hashlib.sha256()
            while (chunk := self._filled.get()) is not None:
                sha256.update(chunk)
                self._free.put(memoryview(chunk.obj))
            self._digests.put(sha256.hexdigest())
