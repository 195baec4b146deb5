"""Resolves requirements with uv, which knows the user's package index, proxy and credentials."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from modelpress.errors import ModelpressError, RemoteError, UsageError
from modelpress.packaging.locks.lock_file import Lock
from modelpress.packaging.locks.requirement import Requirements, names_of

LONGEST: Final = 400  # characters of uv's reason that are shown
PATIENCE: Final = 600  # seconds
UVS_OPTIONS: Final[Mapping[str, str]] = {
    "-i": "--default-index",
    "--index-url": "--default-index",
    "--extra-index-url": "--index",
    "--trusted-host": "--allow-insecure-host",
}


def resolve(wanted: Requirements, python: str, wheels: Sequence[Path] = ()) -> Lock:
    """Pin the requirements and all that they need, for this version of Python and later ones on any system.

    Only wheels count, so no code of a package runs; `wheels` are some that no index
    has. Raises UsageError where the requirements contradict each other or nothing fits them,
    RemoteError where the package index cannot be asked, and ModelpressError without uv.
    """
    command = [*_uv(wanted), "pip", "compile", "-", "--universal", "--python-version", python, "--generate-hashes"]
    command += ["--only-binary", ":all:", "--no-header", "--quiet", "--color", "never", "--no-python-downloads"]
    command += [part for line in wanted.index_options for part in _asking(line)]
    command += [part for wheel in wheels for part in ("--find-links", str(wheel.parent))]
    with tempfile.TemporaryDirectory() as elsewhere:  # settings of the working folder are not ours
        try:
            done = subprocess.run(  # noqa: S603  # the command is ours; the requirements go in through stdin
                command,
                input="".join(f"{one}\n" for one in wanted.packages),
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                cwd=elsewhere,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            raise _unreachable(wanted, f"no answer for {PATIENCE} seconds") from None
    if done.returncode == 0:
        return Lock.read(done.stdout)
    reason = short_reason(done.stderr)
    if "No solution found" in done.stderr:
        raise UsageError(
            f"{names_of(wanted.packages)} cannot be installed together: {reason}",
            hint="Correct the requirements; only wheels are used.",
        )
    raise _unreachable(wanted, reason)


def _asking(line: str) -> Sequence[str]:
    """The option of a requirements file as uv's own, which goes before what uv is configured with."""
    option, value = re.split(r"[\s=]+", line, maxsplit=1)
    return UVS_OPTIONS[option], value


def _uv(wanted: Requirements) -> Sequence[str]:
    """The command, from the PATH or from this Python's packages."""
    program = shutil.which("uv")
    if program:
        return [program]
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-P", "-m", "uv"]
    raise ModelpressError(
        f"{names_of(wanted.packages)}: no lock for these comes with modelpress, and uv is not installed to make one",
        hint="Install it with `python -m pip install uv`.",
    )


def _unreachable(wanted: Requirements, reason: str) -> RemoteError:
    return RemoteError(
        f"{names_of(wanted.packages)} cannot be locked: {reason}",
        hint="Check the network, and the package index that uv is configured with (UV_INDEX_URL, uv.toml).",
    )


def short_reason(output: str) -> str:
    """What a program says in one line, without the address of an index: that may hold a password."""
    words = re.sub(r"\w[\w+.-]*://\S*", "(address)", " ".join(output.split()))
    return re.sub(r"\s*\b(error|cause|hint):\s*", " ", words).strip()[:LONGEST] or "it gives no reason"
