"""Locks the requirements files of a bundle: one that says --require-hashes gets every version and hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from packaging.requirements import Requirement

from modelpress.bundle import Entry, RenderedText
from modelpress.packaging.locks.lock_file import Lock
from modelpress.packaging.locks.requirement import HASHES_REQUIRED, NO_INDEX, Requirements, read_requirements
from modelpress.packaging.locks.resolver import resolve
from modelpress.packaging.locks.sources import built_wheels
from modelpress.packaging.locks.vendoring import WHEELS, vendored

NAME = "requirements.txt"
SERVERS = ("azure", "azure-batch", "v2")
RUNTIMES = "runtimes"
HEADER = "# Locked: each package with its version and hashes, and nothing else is installed.\n"


@dataclass(frozen=True, slots=True)
class LockWishes:
    """The version of Python that is installed for, and whether lines may fetch from elsewhere than the index."""

    python: str = "3.11"
    trust: bool = False


def lock_entries(entries: Mapping[str, Entry], wishes: LockWishes) -> dict[str, Entry]:
    """The entries, with each requirements.txt locked that says --require-hashes.

    One that says --no-index as well gets its wheels into the folder `wheels` beside it. What
    comes with modelpress needs no network. Raises UnsafeInputError for lines that need trust,
    UsageError for requirements that cannot be met, RemoteError where what is missing cannot be had.
    """
    locked = dict(entries)
    for path, entry in entries.items():
        if path.rpartition("/")[2].endswith(NAME) and isinstance(entry, RenderedText):
            lines = entry.content.decode().splitlines()
            if HASHES_REQUIRED in lines:
                locked |= _locked(path, read_requirements(lines, path, trust=wishes.trust), wishes)
    return locked


def _locked(path: str, wanted: Requirements, wishes: LockWishes) -> dict[str, Entry]:
    """The locked file, and the wheels that it installs from the folder beside it."""
    built = built_wheels(wanted.sources) if wanted.sources else {}
    wanted = replace(wanted, packages=(*wanted.packages, *map(_requirement_of, built)))
    lock = _shipped(wanted.packages) if not wanted.index_options else None
    lock = lock or resolve(wanted, wishes.python, [wheel.path for wheel in built.values()])
    wheels: dict[str, Entry] = dict(built)
    if NO_INDEX in wanted.options:
        wheels |= vendored(lock, wishes.python, built)
    options = [*wanted.options, *([f"--find-links {WHEELS}"] if wheels else [])]
    text = HEADER + "".join(f"{option}\n" for option in dict.fromkeys(options)) + lock.text
    folder = path.rpartition("/")[0]
    beside = f"{folder}/{WHEELS}" if folder else WHEELS
    return {path: RenderedText(text.encode())} | {f"{beside}/{name}": wheel for name, wheel in wheels.items()}


def _requirement_of(wheel: str) -> Requirement:
    """The package in a wheel, from the first two parts of its file name."""
    name, version, *_ = wheel.split("-")
    return Requirement(f"{name}=={version}")


def _shipped(wanted: Sequence[Requirement]) -> Lock | None:
    """The part of a lock that comes with modelpress which answers what is wanted, if one does."""
    runtimes = shipped_lock(RUNTIMES).exactly(wanted)
    joined = (shipped_lock(name).joined(runtimes) for name in SERVERS)
    return next((lock.only(wanted) for lock in joined if lock.answers(wanted)), None)


@cache
def shipped_lock(name: str) -> Lock:
    """A lock that comes with modelpress.

    Those of SERVERS hold all that a server needs, and what any runtime does; RUNTIMES holds
    many versions of each runtime, each of which goes with every server.
    """
    file = files("modelpress.packaging.locks") / "shipped" / f"{name}.txt"
    return Lock.read(file.read_text(encoding="utf-8"))
