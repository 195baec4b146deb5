"""Child processes that prove things: a scrubbed environment, a time limit, and no network where the system allows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelpress.isolation import without_network

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
    *(
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "MODEL_CUSTOM_OPS",
        "DYLD_LIBRARY_PATH",
        "CC",
        "CXX",
        "CMAKE_PREFIX_PATH",
        "ORT_ROOT",
        "JAVA_HOME",
        "DOTNET_ROOT",
    ),
)
SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|SAS\b|CONNECTION_STRING", re.IGNORECASE
)
QUIET = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "NO_COLOR": "1",
    "CI": "true",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "MSBUILDDISABLENODEREUSE": "1",
}
NOT_FOUND = 127  # what shells say of a command that is not there
TIMEOUT = 600.0  # seconds; a first build fetches packages
LAST_LINES = 12  # of what a failed command printed
LONGEST_OUTPUT = 1 << 20  # bytes of it that are looked at, the last ones


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
    return _run([*without_network(), *command], folder, {**visible, **own, **QUIET}, timeout)


def end_all() -> None:
    """End every command that is running, with all that it started: for whoever waits for them no longer."""
    for process in tuple(_running):
        _end(process)


_running: set[subprocess.Popen[bytes]] = set()  # those of all threads


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float) -> Ended:
    # Output goes to a file: what a command leaves running in the background may hold a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603  # the command is ours; what it runs was rendered here or is trusted
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # no terminal to ask questions on, and all that it starts can be ended with it
            )
        except OSError as error:
            return Ended(NOT_FOUND, f"{command[0]}: {error.strerror}")
        _running.add(process)
        try:
            code: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _running.discard(process)
            if process.returncode is None:
                _end(process)
                process.wait()
        output.seek(max(0, output.seek(0, os.SEEK_END) - LONGEST_OUTPUT))
        return Ended(code, output.read().decode(errors="replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):  # it has ended in the meantime
        os.killpg(process.pid, signal.SIGKILL)
