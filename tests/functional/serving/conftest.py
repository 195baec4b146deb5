"""Projects with a server, and the server running in an environment made from its own lock."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import onnx
import pytest

from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.golden import golden_of
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_project
from modelpress.proving.environments import environment_for
from modelpress.templating import ProjectContext, search_path

STARTING = 60  # seconds; machines that run tests may be busy
LENGTH = "Inference-Header-Content-Length"


@dataclass(frozen=True)
class Reply:
    """An answer; `length` is that of its JSON where binary data follows."""

    status: int
    body: bytes
    headers: Message

    @property
    def length(self) -> int | None:
        return int(self.headers[LENGTH]) if LENGTH in self.headers else None

    @property
    def document(self) -> Any:
        return json.loads(self.body[: self.length])

    @property
    def error(self) -> str:
        assert isinstance(self.document["error"], str)
        return self.document["error"]

    @property
    def outputs(self) -> dict[str, Any]:
        assert self.status == 200, self.body
        return {one["name"]: one for one in self.document["outputs"]}

    @property
    def rest(self) -> bytes:
        return self.body[self.length :] if self.length is not None else b""


@dataclass
class RunningServer:
    """A server on loopback, with its process."""

    port: int
    model: str
    process: subprocess.Popen[str]

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = self.connect()
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), answer.headers)
        finally:
            connection.close()

    @property
    def address(self) -> str:
        return f"/v2/models/{quote(self.model, safe='')}"

    def infer(self, document: object, binary: bytes | None = None) -> Reply:
        """Post a document, with binary data after it where there is some."""
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {} if binary is None else {LENGTH: str(len(text))}
        return self.ask("POST", f"{self.address}/infer", text + (binary or b""), **headers)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@dataclass(frozen=True)
class ServedProject:
    """A rendered project with a server."""

    root: Path
    model: str

    @property
    def golden(self) -> dict[str, Any]:
        found = json.loads((self.root / "golden" / "golden.json").read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        return found

    @contextmanager
    def running(self, *options: str) -> Iterator[RunningServer]:
        python = environment_for(self.root / "docker" / "requirements.txt")
        port = free_port()
        command = [str(python), "-m", "v2_server.main", "--port", str(port), *options]
        log = self.root.with_suffix(".log")
        with log.open("a+", encoding="utf-8") as output:
            process = subprocess.Popen(command, cwd=self.root / "scoring", stdout=output, stderr=output, text=True)
            server = RunningServer(port, self.model, process)
            try:
                _wait(server, log)
                yield server
            finally:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(server: RunningServer, log: Path) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            pytest.fail(f"the server ended:\n{log.read_text(encoding='utf-8')}")
        try:
            if server.ask("GET", "/v2/health/ready").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="session")
def serve_source(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ServedProject]:
    """Render the winner of a source, or a model, with the set `docker` and golden vectors."""

    def render(source: Path | onnx.ModelProto, name: str = "served", **variables: Any) -> ServedProject:
        folder = tmp_path_factory.mktemp("serving")
        if isinstance(source, onnx.ModelProto):
            (folder / "made.onnx").write_bytes(source.SerializeToString())
            source = folder / "made.onnx"
        chosen = choose(Request(source), candidate_of_rank(1))
        rendering = Rendering.of(
            ProjectContext(name, "1"), search_path(), ["candidate", "docker"], {"docker": variables}
        )
        golden = golden_of(chosen, Wishes())
        execute(plan_project(chosen, rendering, Target(folder / "project"), golden))
        return ServedProject(folder / "project", name)

    return render


@pytest.fixture(scope="session")
def make_model() -> Callable[..., onnx.ModelProto]:
    """A model of these nodes, inputs and outputs."""

    def make(
        nodes: list[onnx.NodeProto], inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.ModelProto:
        opsets = [onnx.helper.make_opsetid("", 21), onnx.helper.make_opsetid("ai.onnx.ml", 3)]
        graph = onnx.helper.make_graph(nodes, "graph", inputs, outputs)
        return onnx.helper.make_model(graph, ir_version=10, opset_imports=opsets)

    return make
