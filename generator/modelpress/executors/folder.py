"""Write a bundle to a folder, which appears whole or is swapped whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import Bundle, Entry, content_sha256
from modelpress.errors import ModelpressError
from modelpress.executors.atomic import place_folder, workspace
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.project import edits
from modelpress.executors.streaming import PlannedFile, Sink, Written, stream
from modelpress.executors.target import check_parent, check_sources, real, writing_to
from modelpress.wording import enumerated


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """Exactly what `execute` will write.

    `replaces` says that `target` exists and will be swapped; `discards` names what is in it
    that modelpress did not write, which only `force` allows.
    """

    bundle: Bundle
    target: Path
    files: tuple[PlannedFile, ...]
    replaces: bool
    discards: tuple[str, ...]


def plan(bundle: Bundle, target: Path, *, force: bool = False) -> FolderPlan:
    """Decide what to write, reading only.

    The target must be new, empty, or a project that modelpress wrote and nobody edited;
    `force` swaps any other folder too, save for a git repository. Raises ModelpressError
    where the target cannot be written or would lose something.
    """
    with writing_to(target):
        check_parent(target)
        replaces = target.exists()
        if replaces:
            _check_swappable(target)
            check_sources(bundle, target)
        discards = _discards(target, force=force) if replaces else ()
    files = [PlannedFile(path, entry.size) for path, entry in bundle.entries.items()]
    files += [PlannedFile(path, None) for path in bundle.closings]
    return FolderPlan(bundle, target, tuple(files), replaces, discards)


def execute(plan: FolderPlan, progress: Progress = SILENT) -> Written:
    """Write the folder beside its target, then rename it: killed at any moment, the target is whole.

    As with cp and zip, nothing waits for the disk: that takes longer than all else, and what
    a power cut loses can be made again.
    Files get mode 0644 and scripts 0755, less the umask, whatever the mode of their source.
    """
    target = real(plan.target)
    with workspace(target) as content:
        content.mkdir()
        folders = {content}

        @contextmanager
        def member(path: str, entry: Entry) -> Iterator[Sink]:
            place = content / path
            if place.parent not in folders:
                place.parent.mkdir(parents=True, exist_ok=True)
                folders.add(place.parent)
            with place.open("xb") as file:
                yield file
            if entry.executable:
                mode = place.stat().st_mode
                place.chmod(mode | (mode & 0o444) >> 2)  # whoever may read it may run it

        digests = stream(plan.bundle, member, progress)
        place_folder(content, target, replaces=plan.replaces)
    return Written(plan.target, digests, content_sha256(digests), sum(digest.size for digest in digests.values()))


def _check_swappable(target: Path) -> None:
    place = real(target)
    if not place.is_dir():
        reason, hint = "is a file, and a folder is to be written there", "Give another name."
    elif Path.cwd().is_relative_to(place):
        reason, hint = "holds the working folder, and would be swapped for another", "Run the command from outside it."
    elif place.is_mount():
        reason, hint = "is a mount point, and cannot be swapped", f"Write to a folder in it: {target / 'project'}."
    else:
        return
    raise ModelpressError(f"{target} {reason}", hint=hint, file=str(target))


def _discards(target: Path, *, force: bool) -> tuple[str, ...]:
    """What swapping the folder throws away; an error unless it is nothing or `force` is given."""
    held = sorted(item.name for item in target.iterdir())
    if not held:
        return ()
    edited = edits(target)
    if edited == []:
        return ()
    if ".git" in held:
        reason, hint = "is a git repository, which is never swapped", "Write to a folder in it."
    elif force:
        return tuple(held if edited is None else edited)
    elif edited is None:
        reason = "is not empty, and no project that modelpress wrote"
        hint = "Give a new folder, or --force to replace everything in this one."
    else:
        reason = f"was edited since modelpress wrote it: {enumerated(edited)}"
        hint = "`modelpress update` keeps the edits; --force replaces them with the folder; or give a new one."
    raise ModelpressError(f"{target} {reason}", hint=hint, file=str(target))
