"""What the image installs, installed for real: the Azure server from its lock, and wheels without a package index."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelpress.packaging.chosen import Request, choose
from modelpress.packaging.docker import SETS, DockerWishes, docker_variables
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Target, execute, plan_dockerfile
from modelpress.proving.environments import environment_for, python_in
from modelpress.templating import ProjectContext, search_path

DIGITS = Path(__file__).parents[2] / "data" / "models" / "digits" / "digits.onnx"
STARTING = 60  # seconds


def test_the_azure_server_answers_from_its_lock(serve_source: Callable[..., Any], tmp_path: Path) -> None:
    """Under gunicorn, which the server itself runs in, since the server's own command listens everywhere."""
    project = serve_source(DIGITS, server="azure")
    python = environment_for(project.root / "docker" / "requirements.txt")
    address = tmp_path / "server.sock"
    command = [
        str(python),
        "-m",
        "gunicorn",
        "--bind",
        f"unix:{address}",
        "azureml_inference_server_http.server.entry:app",
    ]
    environment = {"PATH": os.environ["PATH"], "AZUREML_ENTRY_SCRIPT": "score.py", "AML_APP_ROOT": "."}
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(command, cwd=project.root / "scoring", env=environment, stdout=log, stderr=log)
    try:
        given, expected = project.golden["inputs"][0], project.golden["outputs"][0]
        values = np.array(given["data"]).reshape(given["shape"]).tolist()
        answer = _post(address, json.dumps({"inputs": {given["name"]: values}}).encode())
        found = np.array(json.loads(answer)["outputs"][expected["name"]]).ravel()
        np.testing.assert_allclose(found, expected["data"], 1e-4, 1e-5)
    finally:
        server.terminate()
        server.wait()
        log.close()


def _post(path: Path, body: bytes) -> bytes:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as connected:
            if connected.connect_ex(str(path)):
                time.sleep(0.1)
                continue
            connection = HTTPConnection("localhost")
            connection.sock = connected
            connection.request("POST", "/score", body, {"Content-Type": "application/json"})
            with connection.getresponse() as answer:
                content = answer.read()
                assert answer.status == 200, content
                return content
    pytest.fail("the server does not answer")


def test_olive_s_runtime_packages_install_without_an_index(tmp_path: Path) -> None:
    rendering = Rendering.of(
        ProjectContext("digits", "1"),
        search_path(),
        SETS,
        {"docker": docker_variables(DockerWishes(runtime_packages=True)) | {"python_version": _own_python()}},
    )
    execute(plan_dockerfile(choose(Request(DIGITS)), rendering, Target(tmp_path / "context")))
    requirements = tmp_path / "context" / "docker_content" / "docker" / "requirements.txt"
    assert "--no-index\n--find-links wheels\n" in "".join(requirements.read_text().splitlines(keepends=True)[:6])
    assert len(list((requirements.parent / "wheels").glob("*.whl"))) > 10
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(python_in(environment)), "install", "--quiet", "--no-compile"]
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1", "PATH": os.environ["PATH"]}
    subprocess.run([*pip, "--requirement", str(requirements)], env=nowhere, check=True, cwd=tmp_path)
    code = "from v2_server.served import ServedModel; from model_serving.service import Service as S; S.start()"
    served = tmp_path / "context" / "docker_content" / "scoring"
    subprocess.run([python_in(environment), "-c", code], check=True, cwd=served, capture_output=True)


def _own_python() -> str:
    return f"3.{sys.version_info.minor}"
