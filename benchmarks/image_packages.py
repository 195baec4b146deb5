"""Bytes of the packages in an image of a small model, and the time from its start to the first answer.

Two clean environments are made: what the Dockerfile of the set `docker` installs, and what MLflow
installs for the same model (the requirements of the model as an MLflow model, which `mlflow models
generate-dockerfile` installs beside a server). Bytecode is left out of both. MLflow's server is not
started.

    python benchmarks/image_packages.py
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from modelpress import pipeline
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.rendering import Rendering
from modelpress.proving.environments import environment_for
from modelpress.templating import ProjectContext, search_path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "single-model" / "model.onnx"
REQUEST = {"inputs": [{"name": "features", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}]}
STARTS = 5
MB = 1_000_000


def rendered(folder: Path, *sets: str) -> Path:
    rendering = Rendering.of(ProjectContext("benchmark", "1"), search_path(), sets, {})
    chosen = choose(Request(MODEL), candidate_of_rank(1))
    pipeline.execute(pipeline.plan_project(chosen, rendering, pipeline.Target(folder)))
    return folder


def installed_bytes(python: Path) -> int:
    packages = python.parents[1] / "lib"
    return sum(path.stat().st_size for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc")


def seconds_to_answer(python: Path, project: Path) -> float:
    """From the start of the process to an answer of the model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "v2_server.main", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=project / "scoring", stderr=subprocess.DEVNULL)
    try:
        while not is_answered(port):
            if process.poll() is not None:
                sys.exit("the server ended")
            time.sleep(0.005)
        return time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def is_answered(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port)
    try:
        connection.request("POST", "/v2/models/benchmark/infer", json.dumps(REQUEST))
        return connection.getresponse().read().startswith(b'{"model_name"')
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = rendered(Path(folder, "docker"), "candidate", "docker")
        python = environment_for(project / "docker" / "requirements.txt")
        ours = installed_bytes(python)
        theirs_in = rendered(Path(folder, "mlflow"), "candidate", "mlflow")
        theirs = installed_bytes(environment_for(theirs_in / "model" / "mlflow_model" / "requirements.txt"))
        print(f"packages: {ours / MB:.0f} MB, MLflow's {theirs / MB:.0f} MB ({ours / theirs:.0%})")
        starts = [seconds_to_answer(python, project) for _ in range(STARTS)]
        print(f"first answer after {statistics.median(starts):.2f} s (median of {STARTS} starts)")


if __name__ == "__main__":
    main()
