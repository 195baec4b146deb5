"""The v2 server of a rendered project under a steady load on loopback: errors, time to answer, memory.

Clients on keep-alive connections send requests at fixed times, whatever the server does, so that
a slow answer is not hidden by a late question. JSON and binary requests take turns. The server
runs in an environment made from the project's own lock.

    python benchmarks/serve_requests.py [--rate 200] [--seconds 30] [--connections 4]
"""

from __future__ import annotations

import argparse
import itertools
import json
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from modelpress import pipeline
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.rendering import Rendering
from modelpress.proving.environments import environment_for
from modelpress.templating import ProjectContext, search_path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "single-model" / "model.onnx"
INFER = "/v2/models/benchmark/infer"
LENGTH = "Inference-Header-Content-Length"
MOST_GROWTH = 0.05  # of resident memory, from after the first fifth to the end


@dataclass
class Load:
    """What the clients saw: seconds of each answer from the time that it was due, and failures."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """A server on loopback: its port and process id."""
    rendering = Rendering.of(ProjectContext("benchmark", "1"), search_path(), ["candidate", "docker"], {})
    chosen = choose(Request(MODEL), candidate_of_rank(1))
    pipeline.execute(pipeline.plan_project(chosen, rendering, pipeline.Target(folder / "project")))
    python = environment_for(folder / "project" / "docker" / "requirements.txt")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(python), "-m", "v2_server.main", "--port", str(port)]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder / "project" / "scoring", stderr=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            if process.poll() is not None:
                sys.exit("the server ended")
            time.sleep(0.01)
        print(f"ready after {time.perf_counter() - started:.2f} s")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def is_ready(port: int) -> bool:
    try:
        return exchange(HTTPConnection("127.0.0.1", port), "GET", "/v2/health/ready") == 200
    except OSError:
        return False


def exchange(connection: HTTPConnection, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def requests(port: int) -> list[tuple[bytes, dict[str, str]]]:
    """The same request in JSON and in binary, of the model's own inputs with ones for free dimensions."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/v2/models/benchmark")
    (tensor,) = json.loads(connection.getresponse().read())["inputs"]
    connection.close()
    shape = [max(size, 1) for size in tensor["shape"]]
    count = 1
    for size in shape:
        count *= size
    entry = {"name": tensor["name"], "datatype": tensor["datatype"], "shape": shape}
    text = json.dumps({"inputs": [{**entry, "data": [0.5] * count}]}).encode()
    binary = struct.pack(f"<{count}f", *[0.5] * count)
    head = {"inputs": [{**entry, "parameters": {"binary_data_size": len(binary)}}]}
    packed = json.dumps({**head, "parameters": {"binary_data_output": True}}).encode()
    return [(text, {}), (packed + binary, {LENGTH: str(len(packed))})]


def client(port: int, due: Iterator[float], load: Load) -> None:
    """Send a request at each of the times that are due, in turn with the other clients."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    kinds = itertools.cycle(requests(port))
    for moment in due:
        time.sleep(max(0.0, moment - time.perf_counter()))
        body, headers = next(kinds)
        try:
            status = exchange(connection, "POST", INFER, body, **headers)
        except OSError as error:
            load.failures.append(repr(error))
            continue
        load.seconds.append(time.perf_counter() - moment)
        if status != 200:
            load.failures.append(f"status {status}")
    connection.close()


def resident(process: int) -> float:
    """MB of memory in use (Linux)."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1000


def measure(options: argparse.Namespace, folder: Path) -> None:
    load = Load()
    with serving(folder) as (port, process):
        began = time.perf_counter() + 0.5
        gap = options.connections / options.rate
        threads = []
        for number in range(options.connections):
            moments = (began + number / options.rate + turn * gap for turn in range(int(options.seconds / gap)))
            threads.append(threading.Thread(target=client, args=(port, moments, load)))
        for thread in threads:
            thread.start()
        memory = []
        while any(thread.is_alive() for thread in threads):
            time.sleep(options.seconds / 50)
            memory.append(resident(process))
        for thread in threads:
            thread.join()
    report(load, memory, options)


def report(load: Load, memory: list[float], options: argparse.Namespace) -> None:
    sent = len(load.seconds) + sum("status" not in one for one in load.failures)
    in_order = statistics.quantiles(load.seconds, n=100)
    print(f"{sent} requests at {options.rate}/s on {options.connections} connections, {len(load.failures)} failures")
    print(f"answered after {in_order[49] * 1000:.1f} ms (median), {in_order[98] * 1000:.1f} ms (99 %)")
    settled = statistics.median(memory[len(memory) // 5 : len(memory) // 5 + 5])
    ended = statistics.median(memory[-5:])
    growth = (ended - settled) / settled
    verdict = "flat" if growth <= MOST_GROWTH else "GROWING"
    print(f"memory {settled:.1f} MB, at the end {ended:.1f} MB ({growth:+.1%}): {verdict}")
    for failure in sorted(set(load.failures)):
        print(f"  {load.failures.count(failure)} x {failure}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--connections", type=int, default=4)
    with tempfile.TemporaryDirectory() as folder:
        measure(parser.parse_args(), Path(folder))


if __name__ == "__main__":
    main()
