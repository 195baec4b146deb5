"""Replaces small files whole: a reader finds the old content or the new one, whoever else writes or is killed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

OURS_ALONE = 0o600
LIKE_OTHERS = 0o666  # less the umask


def replace_file(path: Path, content: bytes, mode: int = OURS_ALONE) -> None:
    """Write beside, then rename. Raises OSError, and leaves nothing behind then."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
