"""Builds wheels of what no package index has: folders, archives, version control. Their code runs here."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from modelpress.bundle import ExistingFile
from modelpress.cache_folder import private_cache_folder
from modelpress.errors import ModelpressError, UsageError
from modelpress.packaging.locks.resolver import short_reason

KEPT_IN: Final = "built-wheels"
EPOCH: Final = "315532800"  # 1980, the earliest date that a zip can hold: the same source gives the same wheel


def built_wheels(sources: Sequence[str]) -> Mapping[str, ExistingFile]:
    """A wheel of each source by its file name, kept by its content; without what it depends on.

    Only for trusted sources. Raises UsageError for one that pip cannot build, and
    ModelpressError without pip or a private cache folder.
    """
    kept = private_cache_folder(KEPT_IN)
    if kept is None or importlib.util.find_spec("pip") is None:
        raise ModelpressError(
            f"{', '.join(sources)}: wheels cannot be built without pip and a private cache folder",
            hint="Install pip with `python -m ensurepip`; XDG_CACHE_HOME names the folder of caches.",
        )
    found: dict[str, ExistingFile] = {}
    for source in sources:
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            wheel = _build(source, Path(folder))
            found[wheel.name] = _keep(wheel, kept)
    return found


def _build(source: str, folder: Path) -> Path:
    # -P: a pip.py in the working folder is not pip.
    command = [sys.executable, "-P", "-m", "pip", "wheel", "--no-deps", "--no-input", "--quiet", "--no-color"]
    command += ["--disable-pip-version-check", "--wheel-dir", str(folder), source]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    done = subprocess.run(  # noqa: S603  # the command is ours, and the source was trusted
        command, capture_output=True, text=True, errors="replace", check=False, env=environment
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise UsageError(
            f"no wheel can be made of {source}: {short_reason(done.stderr)}", hint="Correct the requirements file."
        )
    return wheels[0]


def _keep(wheel: Path, kept: Path) -> ExistingFile:
    content = wheel.read_bytes()
    folder = kept / hashlib.sha256(content).hexdigest()[:32]
    if not (folder / wheel.name).is_file():
        folder.mkdir(exist_ok=True)
        shutil.move(wheel, folder / wheel.name)
    return ExistingFile((folder / wheel.name).resolve(), len(content))
