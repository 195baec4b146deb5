"""Child processes that prove things: a scrubbed environment, limits, and no network where the system allows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# What compilers and runtimes need to find their parts. Tokens and credentials are in none of them.
KEPT = (
    *(
        "PATH",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "COMSPEC",
        "PATHEXT",
        "NUMBER_OF_PROCESSORS",
    ),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CC", "CXX", "CMAKE_PREFIX_PATH", "ORT_ROOT", "JAVA_HOME", "DOTNET_ROOT"),
)
SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|SAS\b|CONNECTION_STRING", re.IGNORECASE
)
QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "CI": "true"}
NOT_FOUND = 127  # what shells say of a command that is not there
TIMEOUT = 600.0  # seconds; a first build fetches packages
LAST_LINES = 12  # of what a failed command printed


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, None where it ran out of time, and the end of what it printed."""

    code: int | None
    output: str

    @property
    def tail(self) -> str:
        """The last lines, for a message."""
        return "\n".join(self.output.strip().splitlines()[-LAST_LINES:])


def build(command: Sequence[str], folder: Path, timeout: float = TIMEOUT) -> Ended:
    """Run a build step in a folder: it may fetch packages, and finds the tools' own settings; secrets it does not."""
    visible = {name: value for name, value in os.environ.items() if not SECRET.search(name)}
    return _run(command, folder, {**visible, **QUIET}, timeout)


def run(command: Sequence[str], folder: Path, *, home: Path, timeout: float = TIMEOUT) -> Ended:
    """Run what was built, without network; `home` is an empty folder of its own."""
    visible = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {"HOME": str(home), "USERPROFILE": str(home)}
    return _run([*_without_network(), *command], folder, {**visible, **own, **QUIET}, timeout)


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float) -> Ended:
    try:
        done = subprocess.run(  # noqa: S603  # the command is ours; what it runs was rendered here or is trusted
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        output = error.output or b""
        return Ended(None, output if isinstance(output, str) else output.decode(errors="replace"))
    except OSError as error:
        return Ended(NOT_FOUND, f"{command[0]}: {error.strerror}")
    return Ended(done.returncode, done.stdout)


@cache
def _without_network() -> tuple[str, ...]:
    """What puts a command into a network namespace of its own, where the system lets this user do that."""
    unshare = shutil.which("unshare") if sys.platform == "linux" else None
    if unshare is None:
        return ()
    prefix = (unshare, "--net", "--map-root-user")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603  # a fixed command
    return prefix if tried.returncode == 0 else ()
