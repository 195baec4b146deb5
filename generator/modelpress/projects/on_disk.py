"""What lies in the folder of a project."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from modelpress.bundle import Digest
from modelpress.filetree import reading
from modelpress.project_files import BYTECODE

LEFT_OUT = frozenset({".git", BYTECODE})


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A file, a link or anything else that is no folder; `seen` changes when it does."""

    mode: int
    size: int
    seen: tuple[int, int, int]

    @property
    def is_regular(self) -> bool:
        return stat.S_ISREG(self.mode)


@dataclass(frozen=True, slots=True)
class OnDisk:
    """All that lies in a folder, by POSIX path; what git and Python keep for themselves is left out."""

    folder: Path
    files: Mapping[str, DiskFile]

    def digest(self, path: str) -> Digest | None:
        """Size and SHA-256 of the file; None for one that is not there, and for a link, which never is as rendered."""
        found = self.files.get(path)
        if found is None or not found.is_regular:
            return None
        place = self.folder / path
        with reading(str(place)), place.open("rb") as file:
            return Digest(found.size, hashlib.file_digest(file, "sha256").hexdigest())

    def content(self, path: str) -> bytes:
        """The bytes of the file."""
        place = self.folder / path
        with reading(str(place)):
            return place.read_bytes()


def on_disk(folder: Path, left_out: frozenset[str] = LEFT_OUT) -> OnDisk:
    """What lies in the folder now, less files and folders of these names. Links are not followed."""
    found: dict[str, DiskFile] = {}
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out)
        for path in (Path(top, name) for name in sorted([*names, *folders])):
            if path.name in left_out:  # of a git worktree, .git is a file
                continue
            status = path.lstat()
            if not stat.S_ISDIR(status.st_mode):
                seen = (status.st_ino, status.st_mtime_ns, status.st_size)
                found[path.relative_to(folder).as_posix()] = DiskFile(status.st_mode, status.st_size, seen)
    return OnDisk(folder, MappingProxyType(dict(sorted(found.items()))))
