"""Keeps downloaded files between runs, in sets with their hashes, so that the second run needs no network."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from modelpress.bundle import SUMS_NAME, Digest, ExistingFile, sha256sums
from modelpress.cache_folder import keep, needed_cache_folder
from modelpress.errors import ModelpressError

Kind = Literal["wheels", "nuget"]

MOST_BYTES: Final = 8 << 30  # of each kind; the sets that were used longest ago go first
UNTOUCHABLE: Final = 24 * 3600  # seconds since its last use in which a set stays: somebody may be reading it
REMOVED: Final = ".removed-"  # how the names of sets on their way out begin


@dataclass(frozen=True, slots=True)
class Download:
    """A file of a set in the cache: its size in bytes, and its SHA-256 in hexadecimal."""

    path: Path
    size: int
    sha256: str

    @property
    def entry(self) -> ExistingFile:
        """It as a file of a bundle, read where it lies."""
        return ExistingFile(self.path, self.size)


def fetch(kind: Kind, asked: object, download: Callable[[Path], None]) -> tuple[Download, ...]:
    """The files that `download` puts into an empty folder, kept from an earlier run or made now, by name.

    `asked` is plain data that says what they are. A set is kept whole or not at all, and made
    again where a hash has changed. Raises what `download` raises, and ModelpressError without
    a cache folder.
    """
    top = needed_cache_folder(kind, "what is downloaded")
    folder = top.resolve() / hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
    kept = _load(folder)
    if kept is None:
        _make(download, folder)
        kept = _load(folder)
        prune(folder.parent)
    if kept is None:
        raise ModelpressError(f"{folder}: what was downloaded cannot be kept there", hint="Is the disk full?")
    return kept


def prune(top: Path, most: int = MOST_BYTES) -> None:
    """Remove the sets in `top` that were used longest ago, until all together take `most` bytes or less.

    A set that was used within a day stays, since another process may be writing it into a zip.
    """
    with suppress(OSError):  # another process tidies up as well
        by_use = sorted(_sets(top), key=_last_use, reverse=True)
        taken = 0
        for folder in by_use:
            taken += sum(path.stat().st_size for path in folder.iterdir())
            if taken > most and _last_use(folder) < time.time() - UNTOUCHABLE:
                _remove(folder)


def _remove(folder: Path) -> None:
    """Out of sight first: whoever takes it into use at this moment gets it back, or finds it gone."""
    seen = _last_use(folder)
    out = folder.with_name(f"{REMOVED}{os.getpid()}-{folder.name}")
    folder.rename(out)
    if _last_use(out) == seen:
        shutil.rmtree(out, ignore_errors=True)
    else:
        out.rename(folder)


def _sets(top: Path) -> list[Path]:
    """The sets; what ended processes left unfinished, or were about to remove, goes now."""
    folders = [path for path in top.iterdir() if path.is_dir()]
    sets = [path for path in folders if (path / SUMS_NAME).is_file() and not path.name.startswith(REMOVED)]
    for path in folders:
        if path not in sets and _last_use(path) < time.time() - UNTOUCHABLE:
            shutil.rmtree(path, ignore_errors=True)
    return sets


def _last_use(folder: Path) -> float:
    return folder.stat().st_mtime


def _make(download: Callable[[Path], None], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as place:
        staged = Path(place, "set")
        staged.mkdir()
        download(staged)
        digests = {path.name: Digest(path.stat().st_size, sha256_of(path)) for path in staged.iterdir()}
        (staged / SUMS_NAME).write_bytes(sha256sums(digests))
        with suppress(OSError):  # the caller finds nothing there
            keep(staged, folder, lambda found: _load(found) is not None)


def _load(folder: Path) -> tuple[Download, ...] | None:
    """The files in order of their names; None where they are not all there as they were."""
    try:
        os.utime(folder)
        recorded = [line.split("  ", 1) for line in (folder / SUMS_NAME).read_text(encoding="utf-8").splitlines()]
        files = [Download(folder / name, (folder / name).stat().st_size, sha256) for sha256, name in recorded]
        return tuple(files) if all(sha256_of(file.path) == file.sha256 for file in files) else None
    except (OSError, ValueError):
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
