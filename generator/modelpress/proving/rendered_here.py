"""What this computer rendered itself: only that is run without --trust."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from modelpress.whole_file import replace_file

KEPT = 1000  # the newest ones; an older project needs --trust or is rendered again


def remember(content_sha256: str, environ: Mapping[str, str] = os.environ) -> None:
    """Note that a bundle of this content was rendered here. Where no state can be kept, nothing is."""
    path = _record(environ)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = [line for line in _lines(path) if line != content_sha256]
        text = "\n".join([*known[-KEPT:], content_sha256]) + "\n"
        replace_file(path, text.encode("ascii"))


def is_remembered(content_sha256: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a bundle of this content was rendered here."""
    return content_sha256 in _lines(_record(environ))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []


def _record(environ: Mapping[str, str]) -> Path:
    """The file in the folder where the platform keeps state of programs."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    if sys.platform == "win32":
        folder = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif environ.get("XDG_STATE_HOME"):
        folder = Path(environ["XDG_STATE_HOME"])
    else:
        folder = home / ".local" / "state"
    return folder / "modelpress" / "rendered"
