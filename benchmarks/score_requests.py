"""Requests per second of the rendered scoring script, against a minimal one written by hand.

Both run in Azure ML's inference server, in the same environment, with one worker each, and are
asked in turn with the same bodies: a small one, and one of 1 MB. Then the rendered script's own
share is measured in one process: what it takes of a 1 MB request beyond the model's run and the
parsing of JSON. Fetches the server's packages once.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from modelpress.proving.environments import environment_for
from modelpress.proving.serving import HOST, Server, serving

WIDTH = 256
LARGE = 210  # rows of 256 numbers: 1 MB of JSON
RATIO = 0.95  # target, of the other's requests per second
SHARE = 0.2  # target, of the model's run and the parsing

BY_HAND = """
import json
import os

import numpy as np
import onnxruntime as ort


def init():
    global session
    session = ort.InferenceSession(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model.onnx"))


def run(raw_data):
    data = np.array(json.loads(raw_data)["x"], dtype=np.float32)
    return {"y": session.run(None, {"x": data})[0].tolist()}
"""

OWN_SHARE = """
import json, sys, time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import score
import numpy as np
import orjson

score.init()
body = sys.stdin.buffer.read()


class Request:
    method, content_type, headers = "POST", "application/json", {}

    def get_data(self):
        return body


def least(call):
    times = []
    for _ in range(60):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


array = np.array(json.loads(body)["x"], np.float32)
session = score.service().model.sessions[0]
print(json.dumps([
    least(lambda: score.run(Request())),
    least(lambda: session.run(None, {"x": array})),
    least(lambda: json.loads(body)),
    least(lambda: orjson.loads(body)),
]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="of each script; the median ratio counts")
    parser.add_argument("--requests", type=int, default=200, help="of a round with the small body")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = write_projects(Path(folder))
        python = environment_for(ours / "scoring" / "requirements.txt")
        with ExitStack() as servers:
            pair = tuple(servers.enter_context(serving(project, "score.py", python)) for project in (ours, theirs))
            for rows, count in ((1, options.requests), (LARGE, max(1, options.requests // 10))):
                compare(pair, body_of(rows), count, options.rounds)
        report_share(ours, python)


def write_projects(folder: Path) -> tuple[Path, Path]:
    """A rendered project, and the same with a script by hand."""
    write_model(folder / "made.onnx")
    ours, theirs = folder / "ours", folder / "theirs"
    render = ["modelpress", "render", "made.onnx", "-t", "azure-online", "-o", str(ours), "--quiet"]
    subprocess.run(render, cwd=folder, check=True)
    (theirs / "scoring").mkdir(parents=True)
    shutil.copytree(ours / "model", theirs / "model")
    (theirs / "scoring" / "score.py").write_text(BY_HAND)
    return ours, theirs


def write_model(path: Path) -> None:
    """A model of x [batch, 256] through two matrices to y [batch, 10]."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    random = np.random.default_rng(0)
    sizes = {"w0": (WIDTH, WIDTH), "w1": (WIDTH, 10)}
    weights = [numpy_helper.from_array(random.normal(0, 0.1, s).astype(np.float32), n) for n, s in sizes.items()]
    nodes = [
        helper.make_node("MatMul", ["x", "w0"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "w1"], ["y"]),
    ]
    value = helper.make_tensor_value_info
    inputs = [value("x", onnx.TensorProto.FLOAT, ["batch", WIDTH])]
    outputs = [value("y", onnx.TensorProto.FLOAT, ["batch", 10])]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, weights)
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)]), path)


def body_of(rows: int) -> bytes:
    import numpy as np

    return json.dumps({"x": np.random.default_rng(rows).random((rows, WIDTH)).astype(np.float32).tolist()}).encode()


def compare(servers: tuple[Server, ...], body: bytes, count: int, rounds: int) -> None:
    """Ask one after the other, round by round, the first one first in every second round."""
    rates: list[list[float]] = [[], []]
    for turn in range(rounds):
        for place in (0, 1) if turn % 2 else (1, 0):
            rates[place].append(count / ask(servers[place], body, count))
    ratios = sorted(ours / theirs for ours, theirs in zip(*rates, strict=True))
    middle = statistics.median(ratios)
    print(f"body of {len(body):,} bytes, {rounds} rounds of {count} requests")
    for name, found in zip(("rendered", "by hand"), rates, strict=True):
        print(f"  {name:10}{statistics.median(found):9.1f} requests/s, {min(found):.1f} to {max(found):.1f}")
    print(f"  ratio {middle:.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}): target {RATIO} {verdict(met=middle >= RATIO)}")


def ask(server: Server, body: bytes, count: int) -> float:
    """Seconds for so many requests, each on a connection of its own; a bare socket, to measure little else."""
    head = f"POST /score HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    request = f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    start = time.perf_counter()
    for _ in range(count):
        with socket.create_connection((HOST, server.port)) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(1 << 20):
                answer += part
        if b" 200 " not in answer[:20]:
            raise SystemExit(answer.decode(errors="replace"))
    return time.perf_counter() - start


def report_share(project: Path, python: Path) -> None:
    """What the rendered script takes beyond the model's run and its own parsing, which is not that of `json`."""
    body = body_of(LARGE)
    command = [str(python), "-c", OWN_SHARE, str(project / "scoring")]
    done = subprocess.run(command, input=body, capture_output=True, check=True)
    whole, run, parse, own_parse = json.loads(done.stdout.splitlines()[-1])
    share = (whole - run - own_parse) / (run + parse)
    print(f"own share of a request of {len(body):,} bytes")
    print(f"  whole {whole * 1e3:.2f} ms, of it the model's run {run * 1e3:.2f} ms, parsing {own_parse * 1e3:.2f} ms")
    print(f"  the rest is {share:.1%} of the run and json's parsing ({parse * 1e3:.2f} ms)", end="")
    print(f": target {SHARE:.0%} {verdict(met=share < SHARE)}")


def verdict(*, met: bool) -> str:
    return "met" if met else "MISSED"


if __name__ == "__main__":
    main()
