"""Azure ML's inference server, on the loopback address for as long as a test takes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

HOST = "127.0.0.1"
JSON = "application/json"
BINARY = "application/octet-stream"
APP = "azureml_inference_server_http.server.entry:app"
START_TIMEOUT = 120.0  # seconds until it is healthy: large models load slowly
STOP_TIMEOUT = 30.0  # seconds after SIGTERM
REQUEST_TIMEOUT = 120.0  # seconds
PAUSE = 0.1  # seconds between two looks
LAST_LINES = 8  # of the server's log, in a message
# The last line of a traceback; the server wraps what a script raises in exceptions of its own.
CAUSE = re.compile(
    r"^(?!azureml_inference)(?:[a-z_][\w.]*\.[A-Z]\w*|[A-Z]\w*(?:Error|Exception))(?:: .*)?$", re.MULTILINE
)
# What it says of a model folder that does not hold names and versions of models, and only then.
USUAL = re.compile(r"Error while fetching model IDs\nTraceback [^\n]*\n(?: [^\n]*\n)*[^\n]*\n")
SHOWN = 300  # characters of an answer, in a message
HEALTHY = 200
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1  # from Linux's if.h and sockios.h


class ServedError(Exception):
    """The server or its answer is not as it should be."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server."""

    status: int
    content_type: str
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        text = self.body[:SHOWN].decode(errors="replace")
        return f"{self.status} {''.join(char if char.isprintable() else '.' for char in text)}"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def post(self, body: bytes, content_type: str = JSON, accept: str = "*/*") -> Reply:
        """Ask for a score."""
        return self._ask("POST", "/score", body, {"Content-Type": content_type, "Accept": accept})

    def get(self, path: str) -> Reply:
        """Ask for something else."""
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=REQUEST_TIMEOUT)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers.get_content_type(), answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise ServedError(f"{method} {path} is not answered: {error}") from error
        finally:
            connection.close()

    def explain(self) -> str:
        """The last exception in its log, and the end of that."""
        self.log.seek(0)
        text = USUAL.sub("", self.log.read().decode(errors="replace"))
        return "\n".join([*CAUSE.findall(text)[-1:], "The server's log ends so:", *text.splitlines()[-LAST_LINES:]])


@contextmanager
def serving(folder: Path, script: str, python: Path) -> Iterator[Server]:
    """Serve the script of a project until it is no longer needed, and see it end well on SIGTERM.

    What the server printed is added to the message of a ServedError.
    """
    _raise_loopback()
    with tempfile.TemporaryFile() as log:
        port = _free_port()
        process = subprocess.Popen(  # noqa: S603  # the environment is ours; the script was rendered here or is trusted
            [str(python), "-m", "gunicorn", "-b", f"{HOST}:{port}", "-w", "1", "--timeout", "300", APP],
            cwd=folder / "scoring",
            env={
                **os.environ,
                "AZUREML_ENTRY_SCRIPT": script,
                "AML_APP_ROOT": str(folder / "scoring"),
                "AZUREML_MODEL_DIR": str(folder / "model"),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Server(port, process, log)
        try:
            _wait_until_healthy(server)
            yield server
            _end(server)
        except ServedError as error:
            raise ServedError(f"{error}\n{server.explain()}") from error
        finally:
            process.kill()
            process.wait()


def _wait_until_healthy(server: Server) -> None:
    deadline = monotonic() + START_TIMEOUT
    while monotonic() < deadline:
        if server.process.poll() is not None:
            raise ServedError(f"the server ended with {server.process.returncode} before it was ready")
        with suppress(ServedError):
            if server.get("/").status == HEALTHY:
                return
        sleep(PAUSE)
    raise ServedError(f"the server was not ready within {START_TIMEOUT:g} seconds")


def _end(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    try:
        code = server.process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        raise ServedError(f"the server did not end within {STOP_TIMEOUT:g} seconds of SIGTERM") from None
    if code != 0:
        raise ServedError(f"the server ended with {code} on SIGTERM")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _raise_loopback() -> None:
    """In a network of its own, this process has a loopback device that is down; elsewhere it is up, and stays so."""
    if sys.platform != "linux":
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device, suppress(OSError):
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(device, SIOCGIFFLAGS, request))[1]
        if not flags & IFF_UP:
            fcntl.ioctl(device, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
