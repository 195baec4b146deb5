"""Projects on disk as `render` leaves them, made of a few texts, and updates of them; also a process to be killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelpress.bundle import LOCK_NAME, Bundle, Digest, Entry, RenderedText
from modelpress.packaging.answers import Answers
from modelpress.packaging.base import BASE_NAME, base_entry
from modelpress.projects.fresh import Fresh
from modelpress.projects.lock_file import Lock, Source
from modelpress.projects.merging import ConflictStyle
from modelpress.projects.update import UpdatePlan, execute, plan

Files = Mapping[str, bytes | Entry]


def rendered(files: Files) -> Fresh:
    """What a render of these files gives; bytes are text."""
    entries = {path: RenderedText(one) if isinstance(one, bytes) else one for path, one in files.items()}
    base = base_entry(entries)

    def lock(digests: Mapping[str, Digest]) -> bytes:
        return json.dumps({path: digest.sha256 for path, digest in digests.items()}).encode()

    return Fresh.of(Bundle.of({**entries, BASE_NAME: base}, {LOCK_NAME: lock}))


def lock_of(fresh: Fresh) -> Lock:
    files = {path: digest for path, digest in fresh.digests.items() if path != LOCK_NAME}
    return Lock("0", "best", Source("run", "0"), (), Answers(), files)


def write(folder: Path, fresh: Fresh) -> Lock:
    """The project of a render, as it was written."""
    for path, entry in fresh.entries.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with entry.open() as source:
            place.write_bytes(source.read())
        place.chmod(0o755 if entry.executable else 0o644)
    return lock_of(fresh)


def update(folder: Path, lock: Lock, fresh: Fresh, style: ConflictStyle = "markers", **options: Any) -> UpdatePlan:
    planned = plan(folder, lock, fresh, style)
    execute(planned, **options)
    return planned


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


BEFORE: Files = {f"part{part}/file{number}.txt": b"line\n" * 9 for part in range(3) for number in range(3)}
AFTER: Files = {**dict.fromkeys([*BEFORE][1:], b"new\n" + b"line\n" * 9), "another/file.txt": b"new\n"}


def update_until(folder: Path, last: int) -> None:
    """Update a project from BEFORE to AFTER, and be killed at the `last`th thing that the system is asked to do."""
    planned = plan(folder, lock_of(rendered(BEFORE)), rendered(AFTER))
    asked = 0

    def count(event: str, _: object) -> None:
        nonlocal asked
        if event == "open" or event.startswith(("os.", "shutil.")):
            asked += 1
            if asked == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    execute(planned)


if __name__ == "__main__":
    update_until(Path(sys.argv[1]), int(sys.argv[2]))
