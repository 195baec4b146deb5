"""A working copy of a bundle, in which samples are built and models are loaded.

Small files are copied: what happens to them there does not reach the project. Models are
large and only read, so their bytes are lent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import SUMS_NAME, Bundle, Digest, Entry, ExistingFile, sha256sums
from modelpress.cache_folder import private_cache_folder
from modelpress.errors import ModelpressError
from modelpress.executors import folder as folder_writer
from modelpress.executors.target import writing_to
from modelpress.proving.lending import lend

LARGE = 1 << 24  # bytes; of less a copy takes no time

Version = tuple[int, int, int]  # of a file: inode, size in bytes, time of its last change in ns


@dataclass(frozen=True, slots=True)
class Loan:
    """The large files of a bundle, by path, as they were when they were looked at.

    Made before the bundle is hashed, so that no change since then goes unnoticed.
    """

    files: Mapping[str, tuple[Path, Version]]

    @classmethod
    def of(cls, bundle: Bundle) -> Loan:
        """The files of the bundle that are worth lending; those in a zip have no bytes to lend."""
        found = {path: entry for path, entry in bundle.entries.items() if isinstance(entry, ExistingFile)}
        return cls({path: (one.path, _version(one.path)) for path, one in found.items() if one.size >= LARGE})

    def refuse_changes(self) -> None:
        """Raise ModelpressError where a file is not what it was: what ran is then not what was hashed."""
        for path, (source, version) in self.files.items():
            if _version(source) != version:
                raise _changed(path)


@contextmanager
def working_copy(bundle: Bundle, loan: Loan, digests: Mapping[str, Digest]) -> Iterator[Path]:
    """A folder with the files of the bundle, which have these digests; removed afterwards, with all beside it.

    Raises ModelpressError where a file has changed since it was hashed, or changes meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="modelpress-", dir=_near(loan), ignore_cleanup_errors=True) as place:
        copy = Path(place, "project")
        _copy(bundle, loan, digests, copy)
        with writing_to(copy):
            for path, (source, _) in loan.files.items():
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                lend(source, copy / path)
        loan.refuse_changes()
        yield copy
        loan.refuse_changes()


def _copy(bundle: Bundle, loan: Loan, digests: Mapping[str, Digest], folder: Path) -> None:
    small: dict[str, Entry] = {path: entry for path, entry in bundle.entries.items() if path not in loan.files}
    sums = {SUMS_NAME: lambda _: sha256sums(digests)} if SUMS_NAME in bundle.closings else {}
    written = folder_writer.execute(folder_writer.plan(Bundle.of(small, sums), folder))
    for path in small:
        if written.digests[path] != digests[path]:
            raise _changed(path)


def _near(loan: Loan) -> Path | None:
    """The first folder for working files that can be lent to; None for the usual one.

    Bytes are lent within one file system, and the usual folder is often in memory.
    """
    if not loan.files:
        return None
    source, _ = next(iter(loan.files.values()))
    folders = (Path(tempfile.gettempdir()), private_cache_folder("proving"))
    device = source.stat().st_dev
    return next((folder for folder in folders if folder and folder.stat().st_dev == device), None)


def _version(path: Path) -> Version:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _changed(path: str) -> ModelpressError:
    return ModelpressError(
        f"{path} changed while it was verified",
        hint="Wait until nothing writes to the project any more, and run the command again.",
    )
