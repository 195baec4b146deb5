"""What a fleet keeps of each project beside it: from what it was made, so that a later run need not make it again.

The record lies beside the project and not in it: a project of a fleet has the same bytes as
one that is rendered by itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from modelpress.bundle import LOCK_NAME
from modelpress.executors.streaming import Written
from modelpress.fleet.store import Store

FOLDER = ".fleet"


@dataclass(frozen=True, slots=True)
class Record:
    """The digest of all that a project was made from, of its lock, and of its content."""

    recipe: str
    lock_sha256: str
    content_sha256: str


def read_record(store: Store, name: str) -> Record | None:
    """The record of the project `name`; None without one, or without the very project that it is about."""
    content = store.read(_path(name))
    lock = store.read(f"{name}/{LOCK_NAME}")
    if content is None or lock is None:
        return None
    try:
        record = Record(**json.loads(content))
    except (ValueError, TypeError, RecursionError):
        return None
    return record if record.lock_sha256 == hashlib.sha256(lock).hexdigest() else None


def keep_record(store: Store, name: str, recipe: str, written: Written) -> None:
    """Keep what the project that was just written is made from."""
    record = Record(recipe, written.digests[LOCK_NAME].sha256, written.content_sha256)
    store.write(_path(name), (json.dumps(asdict(record), indent=2) + "\n").encode())


def _path(name: str) -> str:
    return f"{FOLDER}/{name}.json"
