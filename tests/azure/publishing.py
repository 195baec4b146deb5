"""Projects to publish, and `modelpress publish` itself, in this process or in one of its own."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from azure.storage.blob import ContainerClient
from click.testing import CliRunner
from standin.client import Azure

from modelpress.cli.main import modelpress

NAME = "digits_cpu-cpu_1"
PATIENCE = 60  # seconds for a child process to get somewhere


@dataclass(frozen=True)
class Project:
    """A project as the template sets azure-models and azure-data render it."""

    folder: Path

    def write(self, path: str, content: bytes | str) -> Path:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def asset(self, kind: str = "model", name: str = NAME, **fields: object) -> Path:
        """The YAML of an asset; a field of None is left out."""
        given = {
            "name": name,
            "version": "1",
            "type": "custom_model" if kind == "model" else "uri_folder",
            "path": "../../model",
            "description": "The best candidate.",
            "tags": {"rank": "1"},
            **fields,
        }
        lines = [f"{key}: {json.dumps(value)}" for key, value in given.items() if value is not None]
        folder = "models" if kind == "model" else "data"
        return self.write(f"azureml/{folder}/{name}.yml", "\n".join(lines) + "\n")

    @property
    def state(self) -> dict[str, Any]:
        """The records of the one workspace in the state file."""
        content = json.loads(self.state_file.read_text(encoding="utf-8"))
        [records] = content["workspaces"].values()
        return dict(records)

    @property
    def state_file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".publish.json")


def make_project(folder: Path, model: bytes = b"model " * 1000) -> Project:
    """A project with a model of two files and the YAML of one model asset, version 1."""
    project = Project(folder)
    project.write("model/model.onnx", model)
    project.write("model/metrics.json", "{}\n")
    project.asset()
    return project


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and what it printed."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)

    @property
    def error(self) -> dict[str, str]:
        return dict(self.document["error"])


def names_of(azure: Azure) -> dict[str, str]:
    """The three names of the workspace, as settings call them."""
    place = azure.workspace
    return {
        "subscription_id": place.subscription,
        "resource_group": place.resource_group,
        "workspace_name": place.workspace,
    }


def environment_of(azure: Azure, **settings: object) -> dict[str, str]:
    """Variables that name the workspace; retries come at once unless `settings` (of `azure`) say otherwise."""
    azure_settings = {
        **names_of(azure),
        "operation_retry_interval": 0,
        "read_timeout": 20,
        **settings,
    }
    return {f"MODELPRESS_AZURE_{name.upper()}": str(value) for name, value in azure_settings.items()}


@contextmanager
def pointed_to(azure: Azure, **settings: object) -> Iterator[None]:
    """Let this process talk to the stand-in; the variables that the SDK adds end here too."""
    with mock.patch.dict(os.environ, {**azure.environment, **environment_of(azure, **settings)}):
        yield


def publish(azure: Azure, *arguments: object, as_json: bool = True, **settings: object) -> Outcome:
    """Run the command in this process; whatever it does, no secret is in what it prints or leaves."""
    given = ["publish", *map(str, arguments), *(["--format", "json"] if as_json else [])]
    with pointed_to(azure, **settings):
        result = CliRunner().invoke(modelpress, given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    outcome = Outcome(result.exit_code, result.stdout, result.stderr)
    check_secrets(azure, outcome, Path(str(arguments[1])))
    return outcome


def check_secrets(azure: Azure, outcome: Outcome, project: Path) -> None:
    """No secret of the stand-in is in what was printed or in the state file."""
    state = project.with_name(project.name + ".publish.json")
    texts = [outcome.stdout, outcome.stderr, state.read_text(encoding="utf-8") if state.is_file() else ""]
    encoded = base64.b64encode(azure.marker.encode()).decode()[:12]  # of the account's key
    for text in texts:
        assert azure.marker not in text
        assert encoded not in text
        assert "sig=" not in text


class Running:
    """The command in a process of its own."""

    def __init__(self, azure: Azure, *arguments: object, variables: Mapping[str, str] = {}, **settings: object) -> None:
        self.project = Path(str(arguments[1]))
        self.azure = azure
        self._process = subprocess.Popen(
            [sys.executable, "-m", "modelpress", "publish", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **azure.environment, **environment_of(azure, **settings), **variables},
            text=True,
        )

    def wait_for(self, method: str, path: str, count: int = 1) -> None:
        """Wait until the service has got so many requests that match."""
        end = time.monotonic() + PATIENCE
        while len(self.azure.requests(method, path)) < count:
            assert self._process.poll() is None, self._process.communicate()
            assert time.monotonic() < end, f"no {method} {path}"
            time.sleep(0.02)

    def end(self, signal_number: int | None = None) -> Outcome:
        """Send a signal, if any, and wait for the end."""
        if signal_number is not None:
            self._process.send_signal(signal_number)
        stdout, stderr = self._process.communicate(timeout=PATIENCE)
        outcome = Outcome(self._process.returncode, stdout, stderr)
        check_secrets(self.azure, outcome, self.project)
        return outcome

    def kill(self) -> Outcome:
        return self.end(signal.SIGKILL)


@contextmanager
def running(azure: Azure, *arguments: object, **given: Any) -> Iterator[Running]:
    """The command in a process of its own, which does not outlive the block."""
    child = Running(azure, *arguments, **given)
    try:
        yield child
    finally:
        if child._process.poll() is None:
            child.kill()


def blob_requests(azure: Azure, comp: str = "") -> list[tuple[str, str]]:
    """Name and block id of every blob or block that the service kept, in the order of arrival."""
    return [
        (one["path"].partition("azureml-blobstore/")[2], one["query"].get("blockid", ""))
        for one in azure.requests("PUT", "/azureml-blobstore/")
        if one["query"].get("comp", "") == comp and one["status"] == 201
    ]


def container(azure: Azure) -> ContainerClient:
    """The container of the workspace, for what a test does behind the program's back."""
    place = azure.workspace
    url, key = f"{azure.url}/blob/{place.account}.blob.localhost", base64.b64encode(b"any").decode()
    return ContainerClient(url, place.container, credential=key, connection_verify=str(azure.ca))


def changes(azure: Azure) -> list[str]:
    """Every request that could change something; asking for a datastore's secrets changes nothing."""
    reading = {"GET", "HEAD"}
    found = [one for one in azure.requests() if one["method"] not in reading]
    return [f"{one['method']} {one['path']}" for one in found if not one["path"].lower().endswith("/listsecrets")]
