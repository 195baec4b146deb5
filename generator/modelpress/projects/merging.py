"""Merge people's edits of a text with what is rendered now; git does the merging.

git is there wherever a project is kept in git, and a library that merges in Python is under a
licence (GPL) that ours cannot depend on.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from modelpress.errors import ModelpressError
from modelpress.projects.difference import unified_diff

ConflictStyle = Literal["markers", "rej"]
LABELS = ("this project", "as it was rendered", "as it is rendered now")
TIMEOUT = 60  # seconds for one text
MOST_CONFLICTS = 127  # git exits with their number; more is an error


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text. Where edits and templates changed the same lines, `conflict` is true.

    With markers both sides are in `content`. Otherwise it keeps the edits, and `rejected` is the
    patch that would put what is rendered now in their place.
    """

    content: bytes
    conflict: bool = False
    rejected: bytes = b""


class CannotMergeError(ModelpressError):
    """The three are not text of a kind that can be merged."""


def merge(base: bytes, ours: bytes, theirs: bytes, style: ConflictStyle, path: str) -> Merged:
    """Merge the changes from `base` to `theirs` into `ours`; `path` is for the head of a patch.

    Where `ours` ends every line with CR LF, so does the result. Raises CannotMergeError for
    what is no text, ModelpressError where git is not installed.
    """
    if b"\0" in base + ours + theirs:
        raise CannotMergeError(f"{path} is no text")
    if _ends_in_crlf(ours) and not _ends_in_crlf(base):
        base, theirs = (text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for text in (base, theirs))
    merged, conflict = _merge_file(base, ours, theirs)
    if not conflict or style == "markers":
        return Merged(merged, conflict)
    kept, _ = _merge_file(base, ours, theirs, "--ours")
    wanted, _ = _merge_file(base, ours, theirs, "--theirs")
    return Merged(kept, conflict, unified_diff(path, kept, wanted))


def _ends_in_crlf(text: bytes) -> bool:
    """Whether every line that ends does so with CR LF."""
    return 0 < text.count(b"\n") == text.count(b"\r\n")


def _merge_file(base: bytes, ours: bytes, theirs: bytes, *favour: str) -> tuple[bytes, bool]:
    """The merged text, and whether there is a conflict in it."""
    with tempfile.TemporaryDirectory(prefix="modelpress-merge-") as folder:
        labels = [part for label in LABELS for part in ("-L", label)]
        names = ("ours", "base", "theirs")
        for name, text in zip(names, (ours, base, theirs), strict=True):
            Path(folder, name).write_bytes(text)
        done = _git(["merge-file", "--stdout", *favour, *labels, *names], folder)
    if done.returncode < 0 or done.returncode > MOST_CONFLICTS:
        said = done.stderr.decode(errors="replace").strip()
        raise ModelpressError(f"git cannot merge: {said or 'it failed'}", hint="Look whether `git merge-file` works.")
    return done.stdout, done.returncode > 0


def _git(arguments: list[str], folder: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder that is no repository, without settings: they change what a conflict looks like."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    environment = {**kept, **nothing, "GIT_CEILING_DIRECTORIES": str(Path(folder).parent), "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603  # nothing in it is anybody's text
            ["git", *arguments],  # noqa: S607  # git as the user finds it
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except OSError:
        raise ModelpressError(
            "git is not installed, and edited files have to be merged", hint="Install git, or undo the edits."
        ) from None
    except subprocess.TimeoutExpired:
        raise ModelpressError(
            f"git did not merge a file in {TIMEOUT} seconds", hint="Undo the edits of huge files."
        ) from None
