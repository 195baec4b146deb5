"""Read the signature of a 1.5 GB model with embedded weights, against onnx.load(load_external_data=False).

Both read the same file from the page cache, in turn, each time in a process of its own that has
imported onnx before the clock starts. Memory is the peak of the process above what it held then.
Linux only (/proc). Needs 1.5 GB of disk in the temporary folder and 3 GB of memory, for onnx.
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
from pathlib import Path

LAYERS = 22
WIDTH = 4096
WEIGHT = WIDTH * WIDTH * 4  # bytes of one float32 matrix: 64 MiB
TARGET = (50, 30)  # times faster, MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each; the medians are compared")
    parser.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        write_model(path)
        print(f"model of {path.stat().st_size / 1e9:.2f} GB, {LAYERS} matrices; {options.rounds} rounds")
        report(path, options.rounds)


def report(path: Path, rounds: int) -> None:
    runs: dict[str, list[list[float]]] = {"modelpress": [], "onnx": []}
    for _ in range(rounds):
        for reader, results in runs.items():
            command = [sys.executable, __file__, "--one", reader, str(path)]
            results.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    print(f"{'':12}{'median s':>10}{'least s':>10}{'most s':>10}{'peak MB':>10}")
    for reader, results in runs.items():
        times = [seconds for seconds, _ in results]
        peak = max(megabytes for _, megabytes in results)
        print(f"{reader:12}{statistics.median(times):10.4f}{min(times):10.4f}{max(times):10.4f}{peak:10.1f}")
    ours, theirs = (statistics.median(seconds for seconds, _ in results) for results in runs.values())
    peak = max(megabytes for _, megabytes in runs["modelpress"])
    print(f"{theirs / ours:.0f} x faster: target {TARGET[0]} {verdict(met=theirs / ours >= TARGET[0])}")
    print(f"{peak:.1f} MB: target {TARGET[1]} {verdict(met=peak < TARGET[1])}")


def verdict(*, met: bool) -> str:
    return "met" if met else "MISSED"


def measure(reader: str, path: Path) -> tuple[float, float]:
    """Seconds and megabytes of one reading."""
    import onnx

    from modelpress.model import inspect_model

    before = memory("VmRSS")
    start = time.perf_counter()
    if reader == "modelpress":
        names = [spec.name for spec in inspect_model(path).inputs]
    else:
        names = [info.name for info in onnx.load(path, load_external_data=False).graph.input]
    seconds = time.perf_counter() - start
    if names != ["x0"]:
        raise SystemExit(f"{reader} read the inputs {names}")
    return seconds, memory("VmHWM") - before


def memory(field: str) -> float:
    """Megabytes of this process: VmRSS is what it holds, VmHWM the most that it held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{field}:")[2].split()[0]) / 1024


def write_model(path: Path) -> None:
    """A chain of matrix products with its weights, written piece by piece: onnx would hold all of it in memory."""
    from onnx import ModelProto, TensorProto, helper

    from modelpress.model.wire import encode_varint

    nodes = [helper.make_node("MatMul", [f"x{n}", f"w{n}"], [f"x{n + 1}"]) for n in range(LAYERS)]
    ends = [helper.make_tensor_value_info(f"x{n}", TensorProto.FLOAT, ["batch", WIDTH]) for n in (0, LAYERS)]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:]).SerializeToString()
    heads = [weight_head(f"w{n}") for n in range(LAYERS)]
    length = len(graph) + sum(map(len, heads)) + LAYERS * WEIGHT
    model = ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])
    weights = os.urandom(WEIGHT)
    with path.open("wb") as file:
        file.write(model.SerializeToString() + b"\x3a" + encode_varint(length) + graph)  # field 7 of a model: its graph
        for head in heads:
            file.write(head)
            file.write(weights)


def weight_head(name: str) -> bytes:
    """What precedes the bytes of one weight: field 5 of a graph, and the fields of the tensor up to raw_data."""
    from onnx import TensorProto

    from modelpress.model.wire import encode_varint

    fields = TensorProto(dims=[WIDTH, WIDTH], data_type=TensorProto.FLOAT, name=name).SerializeToString()
    tensor = fields + b"\x4a" + encode_varint(WEIGHT)
    return b"\x2a" + encode_varint(len(tensor) + WEIGHT) + tensor


if __name__ == "__main__":
    main()
