"""Runs a deployment's own uploaded model and code in a child process, laid out as the service lays them out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from standin.blob_store import BlobStore

START = 60  # seconds until a container must be ready
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Layout:
    """Where the files of a deployment are: container and path of each in the blob store."""

    code: tuple[str, str]
    script: str
    model: tuple[str, str] | None
    model_name: str  # `name/version`, the last two folders of AZUREML_MODEL_DIR

    def write(self, blobs: BlobStore, folder: Path) -> dict[str, str]:
        """Copy code and model out of the store; returns the environment variables that name them."""
        _copy(blobs, self.code, folder / "code", keep_last=False)
        models = folder / "azureml-models" / self.model_name
        if self.model:
            _copy(blobs, self.model, models, keep_last=True)
        return {
            "AZUREML_ENTRY_SCRIPT": self.script,
            "AML_APP_ROOT": str(folder / "code"),
            "AZUREML_MODEL_DIR": str(models),
        }


class Container:
    """One running inference server."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._log = folder / "log"
        self._port = _free_port()
        inherited = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [part.replace("{port}", str(self._port)) for part in command],
                cwd=folder / "code",
                env=inherited | environment | {"PYTHONUNBUFFERED": "1", "HOME": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/score"

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self) -> bool:
        """False when the process ends first, or takes longer than START."""
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with _DIRECT.open(f"http://127.0.0.1:{self._port}/", timeout=START):
                    return True
            except OSError:
                time.sleep(0.02)
        return False

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()


def send(url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int, bytes, str]:
    """POST to a container: status, body and content type. Raises TimeoutError."""
    passed = {name: headers[name] for name in ("content-type", "accept") if name in headers}
    request = urllib.request.Request(url, body, passed, method="POST")  # noqa: S310 (always http)
    try:
        with _DIRECT.open(request, timeout=seconds) as answer:
            return answer.status, answer.read(), answer.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers.get("Content-Type", "")
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise TimeoutError from error
        return 502, str(error.reason).encode(), "text/plain"


def _copy(blobs: BlobStore, source: tuple[str, str], target: Path, *, keep_last: bool) -> None:
    """Copy a blob, or all below a path; `keep_last`: below a folder of the path's last part, as models are."""
    container, path = source[0], source[1].rstrip("/")
    root = path.rpartition("/")[0] if keep_last else path
    for name, blob in blobs.container(container).items():
        if name == path or name.startswith(f"{path}/" if path else ""):
            file = target / name[len(root) :].lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(blob.path, file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
