"""Python environments made from a requirements file, kept by its content."""

from __future__ import annotations

import hashlib
import platform
import re
import sys
import tempfile
from pathlib import Path

from modelpress.cache_folder import keep, private_cache_folder
from modelpress.errors import ModelpressError
from modelpress.proving.processes import Ended, build

KEPT_IN = "environments"  # below our folder in the user's cache
# What pip prints where a network or an index is missing; anything else is wrong with the requirements.
UNREACHABLE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ProxyError|SSLError|No module named"
)
LINES = 4  # of what pip says; the last ones


class NoEnvironmentError(ModelpressError):
    """An environment cannot be made; `missing` says that something lacks here, and nothing is wrong with what is asked.

    The hint says how to get what lacks.
    """

    def __init__(self, message: str, *, hint: str = "", missing: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.missing = missing


def environment_for(requirements: Path) -> Path:
    """The Python of an environment that holds what the file asks for; made where there is none yet.

    Packages come from where pip is set up to find them, as wheels only: nothing is built.
    Raises NoEnvironmentError.
    """
    kept = private_cache_folder(KEPT_IN)
    if kept is None:
        raise NoEnvironmentError(
            "there is no private cache folder to keep the environment in",
            hint="Set XDG_CACHE_HOME to a folder of your own.",
            missing=True,
        )
    folder = kept / _identity(requirements)
    if not python_in(folder).is_file():
        with tempfile.TemporaryDirectory(prefix="partial-", dir=kept) as partial:
            _make(Path(partial) / "environment", requirements)
            # An environment is run by its Python alone.
            keep(Path(partial) / "environment", folder, lambda found: python_in(found).is_file())
    return python_in(folder)


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _identity(requirements: Path) -> str:
    """The same for the same requirements under the same Python."""
    text = "\n".join([sys.version, platform.platform(), sys.base_prefix, requirements.read_text(encoding="utf-8")])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _make(environment: Path, requirements: Path) -> None:
    made = build([sys.executable, "-m", "venv", "--without-pip", str(environment)], requirements.parent)
    if made.code != 0:
        raise NoEnvironmentError(_told("venv", made), hint="Install Python's venv module.", missing=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
    pip = [sys.executable, "-m", "pip", "--python", str(python_in(environment)), "install", *options]
    done = build([*pip, "--requirement", str(requirements)], requirements.parent)
    if done.code != 0:
        missing = UNREACHABLE.search(done.output) is not None
        hint = "pip must reach a package index, once." if missing else f"Correct {requirements.name}."
        raise NoEnvironmentError(_told(f"pip install -r {requirements.name}", done), hint=hint, missing=missing)


def _told(command: str, ended: Ended) -> str:
    how = "ran out of time" if ended.code is None else f"ended with {ended.code}"
    last = "\n".join(ended.output.strip().splitlines()[-LINES:])
    return f"`{command}` {how}:\n{last}"
