"""The whole `package` command against shutil.make_archive, which is what Olive's packaging does.

3 candidates with 300 MB of weights that do not compress, and 200 small files; whole processes,
page cache warm. The two take turns; a ratio is the median of the ratios of each round. Peak
memory is that of the whole process, bytes written are those of the zip (nothing is staged
elsewhere: the folder of the zip is listed while it is written).

    python benchmarks/package_run.py [--rounds N] [--size MB] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MB = 1_000_000
MODELS, TEXTS = 3, 200
ARCHIVE = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])"
TARGETS = {"faster than make_archive": 15.0, "bytes written": 1.01, "peak memory": 100.0}


@dataclass(frozen=True)
class Run:
    """What one process took: seconds by the clock, peak memory in MB."""

    wall: float
    peak: float


def run(command: list[str]) -> Run:
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return Run(time.perf_counter() - started, usage.ru_maxrss * 1024 / MB)  # Linux counts in KiB


def make_run(folder: Path, size: int) -> Path:
    """A listing of candidates, each a model with external data; the small files lie beside the models."""
    from onnx import TensorProto, helper, save

    candidates = []
    for number in range(MODELS):
        model = folder / f"candidate-{number}"
        model.mkdir()
        with (model / "weights.bin").open("wb") as weights:
            for _ in range(size):
                weights.write(os.urandom(MB))
        tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[size * MB // 4])
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="weights.bin")
        graph = helper.make_graph(
            [helper.make_node("Add", ["x", "w"], ["y"])],
            "sum",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, [size * MB // 4])],
            [tensor],
        )
        save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), model / "model.onnx")
        for text in range(TEXTS * number // MODELS, TEXTS * (number + 1) // MODELS):
            (model / f"note-{text}.txt").write_text(f"note {text}\n" * 100)
        metrics = {"latency": {"value": number + 1.0, "priority": 1, "higher_is_better": False}}
        candidates.append({"id": f"c{number}", "model": model.name, "metrics": metrics})
    listing = folder / "candidates.json"
    listing.write_text(json.dumps({"candidates": candidates}))
    return listing


def measure(folder: Path, rounds: int, size: int) -> None:
    source, target = folder / "source", folder / "out"
    source.mkdir()
    target.mkdir()
    listing = make_run(source, size)
    read = sum(path.stat().st_size for path in source.rglob("*") if path.is_file())
    packaging = [sys.executable, "-m", "modelpress", "package", "-q", str(listing), "-o", str(target)]
    archiving = [sys.executable, "-c", ARCHIVE, str(target / "archive"), str(source)]
    pairs = []
    print(f"load {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors; {rounds} rounds of {read / MB:.0f} MB")
    for number in range(rounds + 1):
        packaged = run(packaging)
        written = sum(path.stat().st_size for path in target.iterdir())
        (target / "OutputModels.zip").unlink()
        archived = run(archiving)
        (target / "archive.zip").unlink()
        if number:  # the first round warms the page cache
            pairs.append((packaged, archived))
        print(f"  package {packaged.wall:6.2f} s  make_archive {archived.wall:6.2f} s")
    faster = statistics.median(archived.wall / packaged.wall for packaged, archived in pairs)
    figures = {
        "faster than make_archive": (faster, "x", faster >= TARGETS["faster than make_archive"]),
        "bytes written": (written / read, "x the input", written / read <= TARGETS["bytes written"]),
        "peak memory": (
            peak := max(packaged.peak for packaged, _ in pairs),
            "MB",
            peak < TARGETS["peak memory"],
        ),
    }
    for name, (value, unit, met) in figures.items():
        print(f"{name:26} {value:8.3f} {unit:12} target {TARGETS[name]:g}: {'met' if met else 'MISSED'}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--size", type=int, default=300, help="MB of the weights of each candidate")
    options.add_argument("--folder", type=Path, help="where to write; needs three times the size of the models")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        measure(Path(folder), given.rounds, given.size)


if __name__ == "__main__":
    main()
