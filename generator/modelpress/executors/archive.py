"""Write a bundle to a zip, in one pass: the same bundle gives the same bytes."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from modelpress.bundle import Bundle, Digest, Entry, RenderedText, content_sha256
from modelpress.config.package_types import Compression
from modelpress.errors import ModelpressError, UsageError
from modelpress.executors.atomic import workspace
from modelpress.executors.compression import method_for
from modelpress.executors.progress import SILENT, Progress
from modelpress.executors.project import zip_edits
from modelpress.executors.streaming import PlannedFile, Sink, Written, stream
from modelpress.executors.target import check_parent, check_sources, real, writing_to
from modelpress.wording import enumerated

DateTime = tuple[int, int, int, int, int, int]
EARLIEST = 315_532_800  # 1980-01-01T00:00:00Z, the first date that a zip can hold
LATEST = 4_354_819_198  # 2107-12-31T23:59:58Z, the last one
METHODS = {"store": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED}  # deflate at zlib's own level, 6
UNIX = 3  # create_system: modes are Unix modes, whatever system writes the zip


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """Exactly what `execute` will write, in this order; `replaces` says that `target` exists."""

    bundle: Bundle
    target: Path
    files: tuple[PlannedFile, ...]
    date_time: DateTime
    replaces: bool


def plan(bundle: Bundle, target: Path, *, compression: Compression = "default", force: bool = False) -> ArchivePlan:
    """Decide what to write, reading only.

    The target must be new, or a zip that modelpress wrote and nobody edited; `force` replaces
    any other file too. Raises ModelpressError where the target cannot be written or would lose
    something.
    """
    with writing_to(target):
        check_parent(target)
        exists = _check_target(target)
        check_sources(bundle, target)
        if exists and not force:
            _check_replaceable(target)
    entries = bundle.entries.items()
    files = [PlannedFile(path, entry.size, method_for(path, entry, compression)) for path, entry in entries]
    text = RenderedText(b"\n")  # as closings are
    files += [PlannedFile(path, None, method_for(path, text, compression)) for path in bundle.closings]
    return ArchivePlan(bundle, target, tuple(files), _date_time(os.environ), exists)


def execute(plan: ArchivePlan, progress: Progress = SILENT) -> Written:
    """Write the zip beside its target, then rename it: killed at any moment, the target is whole.

    As with cp and zip, nothing waits for the disk: that takes longer than all else, and what
    a power cut loses can be made again.
    """
    target = real(plan.target)
    with workspace(target) as content:
        with content.open("xb") as output:
            digests = _write(plan, output, progress)
        size = content.stat().st_size
        content.replace(target)
    return Written(plan.target, digests, content_sha256(digests), size)


def _write(plan: ArchivePlan, output: BinaryIO, progress: Progress) -> Mapping[str, Digest]:
    methods = {file.path: METHODS[file.method] for file in plan.files}
    with zipfile.ZipFile(output, "w") as archive:

        @contextmanager
        def member(path: str, entry: Entry) -> Iterator[Sink]:
            info = zipfile.ZipInfo(path, plan.date_time)
            info.compress_type = methods[path]
            info.create_system = UNIX
            info.external_attr = (stat.S_IFREG | (0o755 if entry.executable else 0o644)) << 16
            info.file_size = entry.size  # what decides on ZIP64, and nothing else does
            with archive.open(info, "w") as sink:
                yield sink

        return stream(plan.bundle, member, progress)


def _check_target(target: Path) -> bool:
    """Whether the target exists; an error where it is in the way."""
    if target.is_dir():
        raise ModelpressError(
            f"{target} is a folder, and a zip is to be written there",
            hint="Remove the folder, or write elsewhere with -o.",
            file=str(target),
        )
    if not target.exists():
        return False
    if not target.is_file():
        raise ModelpressError(f"{target} is not a regular file", hint="Give another name.", file=str(target))
    return True


def _check_replaceable(target: Path) -> None:
    """Raise ModelpressError where replacing the file would lose what modelpress did not write."""
    edited = zip_edits(target)
    if edited == []:
        return
    if edited is None:
        reason, hint = "is no zip that modelpress wrote", "Give another name, or --force to replace it."
    else:
        reason = f"was edited since modelpress wrote it: {enumerated(edited)}"
        hint = "Give another name, or --force to replace it, edits included."
    raise ModelpressError(f"{target} {reason}", hint=hint, file=str(target))


def _date_time(environ: Mapping[str, str]) -> DateTime:
    """The date of every member: SOURCE_DATE_EPOCH in UTC, as near as a zip can hold, or else the earliest."""
    given = environ.get("SOURCE_DATE_EPOCH") or EARLIEST
    try:
        seconds = int(given)
    except ValueError:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {given!r}, not a number of seconds since 1970", hint="Unset it, or set a number."
        ) from None
    date = datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)
    return (date.year, date.month, date.day, date.hour, date.minute, date.second)
