"""Puts a file into another place without copying its bytes, where the file system can."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

FICLONE = 0x40049409  # linux/fs.h: share the bytes of another file until one of the two is written to


def lend(source: Path, target: Path) -> None:
    """Make `target`, a new file, have the bytes of `source`: as a clone, else as a hard link, else as a copy.

    What is written to a clone or a copy does not reach `source`; what is written to a link does.
    ONNX Runtime reads external data from hard links, and refuses symbolic ones.
    """
    if not any(_done(way, source, target) for way in (_clone, os.link)):
        shutil.copyfile(source, target)


def _done(way: Callable[[Path, Path], None], source: Path, target: Path) -> bool:
    try:
        way(source, target)
    except OSError:  # not on this file system, not between two of them, or not for this user
        target.unlink(missing_ok=True)
        return False
    return True


def _clone(source: Path, target: Path) -> None:
    if sys.platform == "linux":
        import fcntl

        with source.open("rb") as lender, target.open("xb") as borrower:
            fcntl.ioctl(borrower, FICLONE, lender.fileno())
    elif sys.platform == "darwin":
        import ctypes

        cloned = ctypes.CDLL(None, use_errno=True).clonefile(os.fsencode(source), os.fsencode(target), 0)
        if cloned != 0:
            raise OSError(ctypes.get_errno(), "clonefile")
    else:
        raise OSError("no clones on this system")
