"""Keeps downloaded wheels between runs, with their hashes, so that the second run needs no network."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import SUMS_NAME, Digest, ExistingFile, sha256sums
from modelpress.cache_folder import private_cache_folder
from modelpress.errors import ModelpressError
from modelpress.packaging.wheels.pip import download_wheels
from modelpress.packaging.wheels.target import Target


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel in the cache, and its SHA-256 in hexadecimal."""

    path: Path
    size: int
    sha256: str

    @property
    def requirement(self) -> str:
        """`name==version`, from the file's name, whose first two parts they are."""
        name, version, *_ = self.path.name.split("-")
        return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"

    @property
    def entry(self) -> ExistingFile:
        """The wheel as a file of a bundle, read where it lies."""
        return ExistingFile(self.path, self.size)


def fetch_wheels(requirements: Sequence[str], target: Target) -> tuple[Wheel, ...]:
    """Wheels of the requirements and their dependencies, kept from an earlier run or downloaded.

    A set is kept whole or not at all, and downloaded again where a hash has changed. Raises
    RemoteError where a wheel cannot be had, ModelpressError without pip or a cache folder.
    """
    top = private_cache_folder("wheels")
    if top is None:
        raise ModelpressError(
            "downloaded wheels have no place: there is no private cache folder",
            hint="Set XDG_CACHE_HOME to a folder that can be written.",
        )
    asked = json.dumps([sorted(requirements), target.python, target.platform, target.tags])
    folder = top.resolve() / hashlib.sha256(asked.encode()).hexdigest()[:32]
    kept = _load(folder)
    if kept is None:
        _download(requirements, target, folder)
        kept = _load(folder)
    if kept is None:
        raise ModelpressError(f"{folder}: the downloaded wheels cannot be kept there", hint="Is the disk full?")
    return kept


def _download(requirements: Sequence[str], target: Target, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as place:
        staged = Path(place, "wheels")
        staged.mkdir()
        download_wheels(requirements, target, staged)
        digests = {path.name: Digest(path.stat().st_size, _sha256(path)) for path in staged.glob("*.whl")}
        (staged / SUMS_NAME).write_bytes(sha256sums(digests))
        shutil.rmtree(folder, ignore_errors=True)  # what could not be loaded
        with suppress(OSError):  # another process was first
            staged.rename(folder)


def _load(folder: Path) -> tuple[Wheel, ...] | None:
    """The wheels in order of their names; None where they are not all there as they were."""
    try:
        recorded = [line.split("  ", 1) for line in (folder / SUMS_NAME).read_text(encoding="utf-8").splitlines()]
        wheels = [Wheel(folder / name, (folder / name).stat().st_size, sha256) for sha256, name in recorded]
        return tuple(wheels) if all(_sha256(wheel.path) == wheel.sha256 for wheel in wheels) else None
    except (OSError, ValueError):
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
