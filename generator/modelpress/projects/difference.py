"""The difference of two texts as a patch."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

NO_NEWLINE = b"\\ No newline at end of file\n"


def unified_diff(path: str, before: bytes | None, after: bytes | None) -> bytes:
    """A patch as `git apply` and `patch -p1` take it; None stands for no file. Empty where the two are the same."""
    names = (b"/dev/null" if before is None else f"a/{path}".encode(), f"b/{path}".encode())
    target = b"/dev/null" if after is None else names[1]
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(before), _lines(after), names[0], target, lineterm=b"\n")
    return b"".join(_terminated(lines))


def _lines(text: bytes | None) -> list[bytes]:
    """Lines with their ends; only LF ends one."""
    parts = (text or b"").split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [parts[-1]] * bool(parts[-1])


def _terminated(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line if line.endswith(b"\n") else line + b"\n" + NO_NEWLINE
