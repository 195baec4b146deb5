"""Keeps golden vectors between runs, by what they were computed from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modelpress.cache_folder import keep, private_cache_folder
from modelpress.model.golden.task import NAMES, RESULT

KEPT: Final = 32  # models; the one that was used longest ago goes first


@dataclass(frozen=True, slots=True)
class GoldenCache:
    """The place of one set of golden vectors in the user's cache; `folder` is None where there is no cache."""

    folder: Path | None

    @classmethod
    def of(cls, made_from: Any) -> GoldenCache:
        """The place for what is made from this (plain data) by this version of the code."""
        top = private_cache_folder("golden")
        key = hashlib.sha256(json.dumps([made_from, _code_digest()], sort_keys=True).encode()).hexdigest()
        return cls(None if top is None else top / key)

    def load(self) -> dict[str, bytes] | None:
        """The files by name, or None where they are not all there."""
        if self.folder is None:
            return None
        try:
            found = {name: (self.folder / name).read_bytes() for name in (RESULT, *NAMES)}
            os.utime(self.folder)
        except OSError:
            return None
        return found

    def store(self, files: Mapping[str, bytes]) -> None:
        """Keep the files: all or none, since another process may look at the same moment."""
        if self.folder is None:
            return
        top = self.folder.parent
        with suppress(OSError), tempfile.TemporaryDirectory(dir=top) as place:  # a full disk
            staged = Path(place, "staged")
            staged.mkdir()
            for name, content in files.items():
                (staged / name).write_bytes(content)
            keep(staged, self.folder, lambda _: self.load() is not None)
        _forget_oldest(top)


def _forget_oldest(top: Path) -> None:
    try:
        by_age = sorted(top.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    except OSError:  # another process tidies up as well
        return
    for folder in by_age[KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)


def _code_digest() -> str:
    """Of the modules that compute: what an older version computed may differ."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
