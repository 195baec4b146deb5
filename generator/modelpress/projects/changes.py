"""Decide what an update does to each file of a project: nothing that a person wrote is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from modelpress.bundle import Digest, Entry, RenderedText
from modelpress.errors import ModelpressError
from modelpress.filetree import reading
from modelpress.packaging.base import BaseFile
from modelpress.project_files import LONGEST_TEXT
from modelpress.projects.comparison import Versions
from modelpress.projects.fresh import Fresh
from modelpress.projects.merging import CannotMergeError, ConflictStyle, Merged, merge
from modelpress.projects.on_disk import OnDisk

Action = Literal["add", "restore", "replace", "merge", "remove", "keep", "conflict"]
REJECTED = ".rej"
EXECUTABLE = 0o111


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one file. `entry` is what is written, if anything is; `mode` is that of the file before it."""

    path: str
    action: Action
    entry: Entry | None = None
    mode: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """What files are merged from: the rendered texts as kept (only those that are as they were), the disk, the new."""

    base: Mapping[str, BaseFile]
    disk: OnDisk
    fresh: Fresh
    style: ConflictStyle = "markers"


def intact(base: Mapping[str, BaseFile], files: Mapping[str, Digest]) -> dict[str, BaseFile]:
    """The kept texts that are those which the lock lists."""
    return {path: one for path, one in base.items() if files.get(path) == Digest.of(one.content)}


def changes(versions: tuple[Versions, ...], sides: Sides) -> Iterator[Change]:
    """One for each file that an update changes or could not change, and one for each patch of rejected changes."""
    for one in versions:
        if one.state == "missing":
            yield Change(one.path, "add" if one.base is None else "restore", sides.fresh.entries[one.path])
        elif one.state == "obsolete" and not one.edited:
            yield Change(one.path, "remove")
        elif one.state == "obsolete":
            yield Change(one.path, "keep", note="edited, and no longer rendered: it is yours now")
        elif one.state == "drifted" and not one.edited:
            yield Change(one.path, "replace", sides.fresh.entries[one.path], _mode(one.path, sides))
        elif one.state == "drifted":
            yield from _merged(one, sides)


def _merged(one: Versions, sides: Sides) -> Iterator[Change]:
    entry, base = sides.fresh.entries[one.path], sides.base.get(one.path)
    found = sides.disk.files[one.path]
    if one.ours is None or not entry.is_text or max(entry.size, found.size) > LONGEST_TEXT:
        yield _unmergeable(one)
        return
    ours = sides.disk.content(one.path)
    try:
        merged = merge(base.content if base else b"", ours, _content(one.path, entry), sides.style, one.path)
    except CannotMergeError:
        yield _unmergeable(one)
        return
    yield _written(one.path, merged, sides, ours)
    if merged.rejected:
        yield _rejection(one.path, merged, sides)


def _written(path: str, merged: Merged, sides: Sides, ours: bytes) -> Change:
    mode = _mode(path, sides)
    entry = None if merged.content == ours and mode == sides.disk.files[path].mode else RenderedText(merged.content)
    if not merged.conflict:
        return Change(path, "merge", entry, mode)
    note = f"see {path}{REJECTED}" if merged.rejected else "marked in the file"
    return Change(path, "conflict", entry, mode, note)


def _rejection(path: str, merged: Merged, sides: Sides) -> Change:
    name = f"{path}{REJECTED}"
    if name in sides.disk.files or name in sides.fresh.entries:
        raise ModelpressError(
            f"{sides.disk.folder / name} is in the way of what this update rejects",
            hint="Apply what it holds or remove it, then update again; or pass --conflict markers.",
            file=str(sides.disk.folder / name),
        )
    return Change(name, "add", RenderedText(merged.rejected), note=f"what could not be merged into {path}")


def _unmergeable(one: Versions) -> Change:
    return Change(
        one.path, "conflict", note="no text to merge: kept as edited; remove it and update to take the new one"
    )


def _mode(path: str, sides: Sides) -> int:
    """The file's own mode; scripts become executable, or no longer so, where what is rendered does."""
    mode, base, entry = sides.disk.files[path].mode, sides.base.get(path), sides.fresh.entries[path]
    if base is None or base.executable == entry.executable:
        return mode
    return mode | (mode & 0o444) >> 2 if entry.executable else mode & ~EXECUTABLE


def _content(path: str, entry: Entry) -> bytes:
    with reading(path), entry.open() as source:
        return source.read()
