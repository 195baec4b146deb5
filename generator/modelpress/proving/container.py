"""A container of an image, hardened and without network, for as long as a proof takes."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from modelpress.errors import ModelpressError
from modelpress.executors.image.engines import Engine, ask
from modelpress.proving.serving import JSON, LAST_LINES, REQUEST_TIMEOUT, START_TIMEOUT, Reply, ServedError

STOP_TIMEOUT = 10  # seconds after SIGTERM, after which engines kill by themselves
PAUSE = 0.3  # seconds between two looks
KILLED = 137  # the exit code of a process that SIGKILL ended
HARDENED = (
    "--network=none",  # it has a loopback address of its own, and nothing else
    "--read-only",
    "--tmpfs=/tmp:size=64m",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
)
# Runs in the container, with the Python of the server: asks it what comes line by line.
CLIENT = """
import base64, http.client, json, sys
for line in sys.stdin:
    port, method, path, headers, body = json.loads(line)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=float(sys.argv[1]))
        connection.request(method, path, base64.b64decode(body), headers)
        answer = connection.getresponse()
        content = base64.b64encode(answer.read()).decode()
        told = [answer.status, {name.lower(): value for name, value in answer.getheaders()}, content]
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        told = [0, {}, repr(error)]
    print(json.dumps(told), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Answer(Reply):
    """An answer with its headers, whose names are in small letters."""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Container:
    """A container that runs; requests go through a process inside it, since it has no network."""

    engine: Engine
    id: str
    port: int
    client: subprocess.Popen[str]

    def post(self, body: bytes, content_type: str = JSON, accept: str = "*/*") -> Answer:
        """Ask for a score, as Azure ML does."""
        return self.ask("POST", "/score", body, {"Content-Type": content_type, "Accept": accept})

    def get(self, path: str) -> Answer:
        """Ask for something else."""
        return self.ask("GET", path)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request on a connection of its own. Raises ServedError where it is not answered."""
        text = json.dumps([self.port, method, path, dict(headers or {}), base64.b64encode(body).decode()])
        try:
            assert self.client.stdin is not None  # noqa: S101  # opened with pipes
            assert self.client.stdout is not None  # noqa: S101
            self.client.stdin.write(f"{text}\n")
            self.client.stdin.flush()
            status, told, content = json.loads(self.client.stdout.readline())
        except (OSError, ValueError):
            raise ServedError(f"{method} {path} is not answered: the container ended") from None
        if not status:
            raise ServedError(f"{method} {path} is not answered: {content}")
        media = told.get("content-type", "").partition(";")[0].strip()
        return Answer(status, media, base64.b64decode(content), told)

    def run(self, command: Sequence[str]) -> str:
        """What a command prints that is run inside. Raises ModelpressError where it fails."""
        return ask(self.engine, (self.engine.name, "exec", self.id, *command))

    def stop(self) -> float:
        """End it with SIGTERM, and tell how many seconds that took. Raises ServedError where it has to be killed."""
        began = monotonic()
        ask(self.engine, (self.engine.name, "stop", "-t", str(STOP_TIMEOUT), self.id))
        if _state(self.engine, self.id)["ExitCode"] == KILLED:
            raise ServedError(f"it did not end within {STOP_TIMEOUT} seconds of SIGTERM and was killed")
        return monotonic() - began


@contextmanager
def container(engine: Engine, image: str) -> Iterator[Container]:
    """Run an image until it is no longer needed; it is healthy by its own HEALTHCHECK.

    The end of what it printed is added to the message of a ServedError.
    """
    found = ask(engine, (engine.name, "run", "--detach", *HARDENED, image)).split()[-1]
    try:
        port = _port(_inspect(engine, image)["Config"])  # podman tells them of images alone
        _wait_until_healthy(engine, found)
        with _client(engine, found) as client:
            yield Container(engine, found, port, client)
    except ServedError as error:
        raise ServedError(f"{error}\n{_log(engine, found)}") from error
    finally:
        with suppress(ModelpressError):
            ask(engine, (engine.name, "rm", "--force", found))


@contextmanager
def _client(engine: Engine, container: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603  # the engine that the user has
        [engine.name, "exec", "--interactive", container, "python", "-c", CLIENT, str(REQUEST_TIMEOUT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _wait_until_healthy(engine: Engine, container: str) -> None:
    settings = _inspect(engine, container)["Config"]  # of images podman and docker tell it in two places
    kind, *command = (settings.get("Healthcheck") or {}).get("Test") or ["NONE"]
    if kind != "CMD":
        raise ServedError("the image has no HEALTHCHECK that is run without a shell")
    deadline = monotonic() + START_TIMEOUT
    told = ""
    while monotonic() < deadline:
        state = _state(engine, container)
        if not state["Running"]:
            raise ServedError(f"the container ended with {state['ExitCode']} before it was healthy")
        try:
            ask(engine, (engine.name, "exec", container, *command))
        except ModelpressError as error:
            told = error.message
        else:
            return
        sleep(PAUSE)
    raise ServedError(f"the container was not healthy within {START_TIMEOUT:g} seconds: {told}")


def _port(settings: Mapping[str, Any]) -> int:
    exposed = sorted(settings.get("ExposedPorts") or {})
    if not exposed:
        raise ServedError("the image exposes no port")
    return int(exposed[0].partition("/")[0])


def _state(engine: Engine, container: str) -> Mapping[str, Any]:
    state: Mapping[str, Any] = _inspect(engine, container)["State"]
    return state


def _inspect(engine: Engine, container: str) -> Mapping[str, Any]:
    told: list[Mapping[str, Any]] = json.loads(ask(engine, (engine.name, "inspect", container)))
    return told[0]


def _log(engine: Engine, container: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # as above; what the server printed may be on either stream
            [engine.name, "logs", "--tail", str(LAST_LINES), container],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError:
        return ""
    return f"The server's log ends so:\n{done.stdout.decode(errors='replace').strip()}"
