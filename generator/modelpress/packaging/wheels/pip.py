"""Downloads wheels with pip, which knows the user's package index, proxy and credentials."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from modelpress.errors import ModelpressError, RemoteError
from modelpress.packaging.wheels.target import Target

LONGEST = 300  # characters of pip's reason that are shown


def download_wheels(requirements: Sequence[str], target: Target, folder: Path) -> None:
    """Put wheels of the requirements and of all that they depend on into `folder`.

    Nothing is built, so no code of a package runs. Raises RemoteError, with what was wanted
    for which platform and pip's reason, where one cannot be had, and ModelpressError where
    this Python has no pip.
    """
    if importlib.util.find_spec("pip") is None:
        raise ModelpressError(
            f"{', '.join(requirements)} cannot be downloaded: {sys.executable} has no pip",
            hint="Install it with `python -m ensurepip`, or leave the packages out with --no-runtime-packages.",
        )
    # -P: a pip.py in the working folder is not pip.
    command = [sys.executable, "-P", "-m", "pip", "download", "--dest", str(folder), "--only-binary=:all:"]
    command += ["--no-input", "--no-color", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--implementation", "cp", "--python-version", target.python]
    command += [part for tag in target.tags for part in ("--platform", tag)]
    command += requirements
    done = subprocess.run(  # noqa: S603  # the command is ours, and every part of it was checked
        command, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        wanted = f"{', '.join(requirements)} for Python {target.python} on {target.platform}"
        raise RemoteError(
            f"wheels of {wanted} cannot be had from pip's package index: {_reason(done.stderr)}",
            hint="Check the network, --runtime-version, --python-version and --platform; --allow-missing-runtime goes"
            " on without them, --no-runtime-packages does not ask for them.",
        )


def _reason(output: str) -> str:
    """The last line of what pip says, without the address of an index: that may hold a password."""
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("[notice]")]
    if not lines:
        return "pip gives no reason"
    reason = re.sub(r"\w[\w+.-]*://\S*", "(address)", lines[-1].strip().removeprefix("ERROR: "))
    reason = re.sub(r"host='[^']*'", "host=(address)", reason)[:LONGEST]
    if any("connection broken" in line for line in lines):
        reason += " (the connection failed)"
    return reason
