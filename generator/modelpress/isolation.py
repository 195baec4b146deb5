"""Child processes without network, where the system lets a user take it away, and without the user's secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

OF_PYTHON = ("PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")
LONGEST_OUTPUT = 1 << 16  # bytes of it that are looked at, the last ones


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (None where it ran out of time), and the last line that it printed."""

    code: int | None
    last_line: str

    def __str__(self) -> str:
        return f"ended the process ({self.code}){': ' * bool(self.last_line)}{self.last_line}"


@cache
def without_network() -> tuple[str, ...]:
    """What stands before a command to put it into an empty network of its own; () where that cannot be had.

    The command's process is then the one that was started: its id, its exit code and its limits are the command's.
    """
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--net", "--map-root-user")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603  # a fixed command
    return prefix if tried.returncode == 0 else ()


def visible(*names: str) -> dict[str, str]:
    """Those of the environment variables that are set."""
    return {name: os.environ[name] for name in names if name in os.environ}


def run_module(module: str, task: bytes, environment: Mapping[str, str], timeout: float) -> Ended:
    """Run a module of ours with a task on its standard input; it sees these variables and those of Python.

    `timeout` is in seconds on the clock. Raises OSError where no process can be started.
    """
    # Output goes to a file: it takes no memory of ours, and the child's limit on files holds for it.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603  # this Python and a module of ours
                [*without_network(), sys.executable, "-P", "-m", module],
                input=task,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**visible(*OF_PYTHON), **environment},
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Ended(None, "")
        output.seek(max(0, output.seek(0, os.SEEK_END) - LONGEST_OUTPUT))
        lines = output.read().decode(errors="replace").strip().splitlines()
        return Ended(done.returncode, lines[-1] if lines else "")
