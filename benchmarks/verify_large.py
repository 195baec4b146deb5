"""Verify a project with a model of 300 MB, against copying that project.

Each runs in a process of its own, in turn, from the page cache. What a process writes is counted by
the system, so the folder for temporary files must be on a disk (TMPDIR). Linux only.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZE = 300 << 20  # bytes of weights
MOST_WRITTEN = 4  # MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; the medians are compared")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(dict.fromkeys(("XDG_CACHE_HOME", "XDG_STATE_HOME"), folder))
        project = render(Path(folder))
        commands = {
            "hash only": modelpress("verify", project, "--only", "manifest"),
            "hash and load": modelpress("verify", project, "--only", "manifest,models"),
            "copy": ["cp", "-r", "--reflink=never", str(project), f"{folder}/copy"],
        }
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(measure(command))
                subprocess.run(["rm", "-rf", f"{folder}/copy"], check=True)
    print(f"{'':14}{'median s':>10}{'least s':>10}{'MB written':>12}")
    for name, results in runs.items():
        seconds = [one for one, _ in results]
        written = max(megabytes for _, megabytes in results)
        print(f"{name:14}{statistics.median(seconds):10.2f}{min(seconds):10.2f}{written:12.1f}")
    most = max(megabytes for _, megabytes in runs["hash and load"])
    print(f"{most:.1f} MB written: target {MOST_WRITTEN} {'met' if most < MOST_WRITTEN else 'MISSED'}")


def render(folder: Path) -> Path:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).random((4, SIZE // 16), dtype=np.float32)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, SIZE // 16])
    node = helper.make_node("MatMul", ["x", "weights"], ["y"])
    graph = helper.make_graph([node], "large", [x], [y], [numpy_helper.from_array(weights, "weights")])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="weights.bin")
    subprocess.run(modelpress("render", folder / "model.onnx", "-o", folder / "project", "--no-golden"), check=True)
    return folder / "project"


def modelpress(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "modelpress", *map(str, arguments)]


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds, and megabytes written."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    return seconds, (resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock - before) * 512 / 1e6


if __name__ == "__main__":
    main()
