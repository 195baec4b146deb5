"""Records every request, also those that never got an answer."""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from standin.exchange import Request

LARGEST_BODY = 1 << 20  # bytes; JSON bodies up to here are kept


@dataclass
class Entry:
    """One request as the service saw it.

    Attributes:
        number: Order of arrival, from 1.
        at: Seconds since the service started.
        received: Bytes of the body that arrived.
        body: The body when it is JSON and not large.
        status: The answer's status; 0 when no answer was sent.
        deployment: Which deployment answered a scoring request.
    """

    number: int
    at: float
    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    received: int = 0
    body: Any = None
    status: int = 0
    deployment: str = ""


class Journal:
    """All requests since the last reset, in order of arrival."""

    def __init__(self) -> None:
        self.defects: list[str] = []  # tracebacks of the stand-in itself
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._numbers = itertools.count(1)
        self._start = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._start

    def open(self, request: Request) -> Entry:
        """A new entry, before the body is read."""
        with self._lock:
            entry = Entry(
                number=next(self._numbers),
                at=self.now(),
                method=request.method,
                host=request.host,
                path=request.path,
                query=request.query,
                headers=request.headers,
            )
            self._entries.append(entry)
        return entry

    def keep_body(self, entry: Entry, body: bytes) -> None:
        if len(body) <= LARGEST_BODY and "json" in entry.headers.get("content-type", ""):
            try:
                entry.body = json.loads(body)
            except ValueError:
                entry.body = body.decode("utf-8", "replace")

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(entry) for entry in self._entries]
