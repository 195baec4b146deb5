"""Where results are kept between runs: private folders in the user's cache.

A compiled template is code, and golden vectors are trusted, so a folder is used only if it is
ours alone. No cache is never an error.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import ModelpressError


@dataclass(frozen=True, slots=True)
class Cached:
    """What is kept of one kind: its folder, and the size of all in it, in bytes."""

    kind: str
    folder: Path
    size: int


def look_at_caches() -> tuple[Cached, ...]:
    """Every kind that something is kept of, by name."""
    try:
        top = Path(_user_cache(os.environ), "modelpress")
        folders = sorted(folder for folder in top.iterdir() if folder.is_dir())
    except (OSError, RuntimeError, ValueError):
        return ()
    return tuple(Cached(folder.name, folder, _size(folder)) for folder in folders)


def _size(folder: Path) -> int:
    taken = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # removed in the meantime
            taken += path.lstat().st_size if not path.is_dir() else 0
    return taken


def private_cache_folder(*names: str) -> Path | None:
    """The folder of these `names` below ours, made where needed; None where there can be none."""
    try:
        folder = Path(_user_cache(os.environ), "modelpress", *names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours_alone(folder.lstat()) else None
    except (OSError, RuntimeError, ValueError):  # no home folder, read-only, a file in the way
        return None


def needed_cache_folder(name: str, shown: str) -> Path:
    """As `private_cache_folder`, for what cannot be had without one; `shown` is how messages name that.

    Raises ModelpressError.
    """
    folder = private_cache_folder(name)
    if folder is None:
        raise ModelpressError(
            f"{shown} cannot be kept: there is no cache folder that belongs to you alone",
            hint="Let XDG_CACHE_HOME (LOCALAPPDATA on Windows) name one.",
        )
    return folder


def keep(made: Path, kept: Path, is_whole: Callable[[Path], bool] = Path.is_dir) -> None:
    """Move a finished folder to where it is kept; one that another process put there first stays.

    What lies there and is not whole makes way. Both are on one file system, so that nobody sees
    a part of it. Raises OSError.
    """
    try:
        made.rename(kept)
    except OSError:
        if is_whole(kept):
            return
        shutil.rmtree(kept, ignore_errors=True)
        made.rename(kept)


def _user_cache(environment: Mapping[str, str]) -> Path:
    named = Path(environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named
    return Path.home() / {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")


def _is_ours_alone(folder: os.stat_result) -> bool:
    if not stat.S_ISDIR(folder.st_mode):
        return False
    if sys.platform == "win32":
        return True  # a user's own folders are private there, and modes say nothing
    return folder.st_uid == os.geteuid() and not folder.st_mode & 0o077
