"""Update a project: merge people's edits with what would be rendered now, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import Bundle, Digest, Entry
from modelpress.errors import ModelpressError
from modelpress.executors.atomic import place_folder, workspace
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.streaming import Sink, stream
from modelpress.executors.target import check_parent, real
from modelpress.filetree import reading
from modelpress.packaging.base import BASE_NAME, read_base
from modelpress.project_files import BYTECODE, LONGEST_TEXT
from modelpress.projects.changes import Change, Sides, changes, intact
from modelpress.projects.comparison import OURS, compare
from modelpress.projects.difference import unified_diff
from modelpress.projects.fresh import Fresh
from modelpress.projects.lock_file import Lock
from modelpress.projects.merging import ConflictStyle
from modelpress.projects.mirror import mirror
from modelpress.projects.on_disk import DiskFile, OnDisk, on_disk

AGAIN = "Nothing was updated. Wait until nobody writes to it any more, and update again."
MODE = 0o7777  # of a file's mode, what chmod takes


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """Exactly what `execute` will do to the project that `disk` saw.

    `changes` are for people. `own` are the lock and the kept texts, where they change.
    `warnings` say what could not be done as usual.
    """

    disk: OnDisk
    fresh: Fresh
    changes: tuple[Change, ...]
    own: tuple[Change, ...]
    warnings: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The files in which edits and what is rendered now contradict each other."""
        return tuple(change.path for change in self.changes if change.action == "conflict")

    @property
    def written(self) -> dict[str, Change]:
        """The changes that write a file, by path."""
        return {change.path: change for change in (*self.changes, *self.own) if change.entry is not None}

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that go."""
        return tuple(change.path for change in self.changes if change.action == "remove")

    def diff(self) -> bytes:
        """What changes in the project, as a patch; files that are no text are named in it."""
        return b"".join(_difference(change, self.disk) for change in self.changes)


def plan(folder: Path, lock: Lock, fresh: Fresh, style: ConflictStyle = "markers") -> UpdatePlan:
    """Decide what happens to each file, reading only.

    Raises ModelpressError where the folder cannot be written to, or something that is no folder
    lies where one is needed.
    """
    target = real(folder)
    check_parent(target)
    disk = on_disk(target)
    kept = read_base(disk.content(BASE_NAME)) if disk.digest(BASE_NAME) else {}
    base = intact(kept, lock.files)
    found = tuple(changes(compare(lock, disk, fresh.digests), Sides(base, disk, fresh, style)))
    own = tuple(
        Change(path, "replace", fresh.entries[path])
        for path in sorted(OURS)
        if disk.digest(path) != fresh.digests[path]
    )
    warnings = () if lock.files.get(BASE_NAME) == disk.digest(BASE_NAME) else (_without_base(disk),)
    made = UpdatePlan(disk, fresh, found, own, warnings)
    _refuse_in_the_way(made, folder)
    return made


def execute(plan: UpdatePlan, progress: Progress = SILENT) -> None:
    """Make the updated folder beside the project, then swap the two: killed at any moment, the project is whole.

    Files that do not change are the same files (hard links). Raises ModelpressError, the project
    as it was, where somebody else writes to it meanwhile.
    """
    target, written = plan.disk.folder, plan.written
    if not written and not plan.removed:
        return
    _refuse_unswappable(target)
    entries = {path: change.entry for path, change in written.items() if change.entry is not None}
    before = everything(target)
    with workspace(target) as content:
        mirror(target, content, {*written, *plan.removed})

        @contextmanager
        def member(path: str, entry: Entry) -> Iterator[Sink]:
            place = content / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                yield file
            mode = written[path].mode
            if mode is not None:
                place.chmod(mode & MODE)
            elif entry.executable:
                place.chmod((made := place.stat().st_mode) | (made & 0o444) >> 2)

        digests = stream(Bundle.of(entries), member, progress)
        _refuse_changed_sources(plan, digests)
        _refuse_changed(plan.disk.files, on_disk(target).files, target)
        _refuse_changed(before, everything(target), target)
        place_folder(content, target, replaces=True)


def everything(folder: Path) -> Mapping[str, DiskFile]:
    """All that lies in the folder, git's own files included."""
    return on_disk(folder, frozenset({BYTECODE})).files


def _difference(change: Change, disk: OnDisk) -> bytes:
    """The patch of one change; what is no text is named alone."""
    if change.entry is None and change.action != "remove":
        return b""
    found = disk.files.get(change.path)
    sizes = (found.size if found else 0, change.entry.size if change.entry else 0)
    if max(sizes) <= LONGEST_TEXT and (change.entry is None or change.entry.is_text):
        before = disk.content(change.path) if found else None
        after = _content(change.entry) if change.entry else None
        if b"\0" not in (before or b"") + (after or b""):
            return unified_diff(change.path, before, after)
    return f"Binary file {change.path}: {change.action}\n".encode()


def _content(entry: Entry) -> bytes:
    with reading("what is rendered"), entry.open() as source:
        return source.read()


def _without_base(disk: OnDisk) -> str:
    return (
        f"{disk.folder / BASE_NAME} is missing or was changed: what is edited and rendered otherwise now"
        " is in conflict as a whole"
    )


def _refuse_in_the_way(plan: UpdatePlan, folder: Path) -> None:
    """Raise where a file or a link lies in the place of a folder, or the other way round."""
    for path in plan.written:
        above = [parent.as_posix() for parent in Path(path).parents][:-1]
        blocking = next((one for one in above if one in plan.disk.files and one not in plan.removed), None)
        if blocking is None and path not in plan.disk.files and (plan.disk.folder / path).is_dir():
            blocking = path
        if blocking is not None:
            raise ModelpressError(
                f"{folder / blocking} is in the way: {path} is rendered there",
                hint="Move it elsewhere, and update again.",
                file=str(folder / blocking),
            )


def _refuse_unswappable(target: Path) -> None:
    if Path.cwd().is_relative_to(target):
        reason, hint = "holds the working folder, and would be swapped for another", "Run the command from outside it."
    elif target.is_mount():
        reason, hint = "is a mount point, and cannot be swapped", "Update a folder in it."
    else:
        return
    raise ModelpressError(f"{target} {reason}", hint=hint, file=str(target))


def _refuse_changed(before: Mapping[str, DiskFile], now: Mapping[str, DiskFile], target: Path) -> None:
    """Raise where somebody writes to the project: it would be lost with the folder that is swapped out."""
    changed = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    if changed:
        raise ModelpressError(f"{target}: {changed[0]} changed during the update", hint=AGAIN)


def _refuse_changed_sources(plan: UpdatePlan, digests: Mapping[str, Digest]) -> None:
    """Raise where what is rendered is not what the new lock says."""
    rendered = {path for path in digests if plan.written[path].entry is plan.fresh.entries.get(path)}
    changed = sorted(path for path in rendered if digests[path] != plan.fresh.digests[path])
    if changed:
        raise ModelpressError(f"{changed[0]} changed while it was read", hint=AGAIN)
