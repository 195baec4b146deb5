"""The server ends on SIGTERM without losing a request."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

DIGITS = Path(__file__).parents[2] / "data" / "models" / "digits" / "digits.onnx"
CLIENTS = 4
LONGEST = 10  # seconds after which an engine kills a container


@pytest.fixture(scope="module")
def slow(make_model: Callable[..., onnx.ModelProto]) -> onnx.ModelProto:
    """A model whose run takes as many steps as its input says."""
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["carried", "square"], ["product"]),
            helper.make_node("Tanh", ["product"], ["next"]),
            helper.make_node("Identity", ["going"], ["still"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, [300, 300]),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [300, 300]),
        ],
    )
    size = helper.make_tensor("size", TensorProto.INT64, [2], [300, 300])
    return make_model(
        [
            helper.make_node("Constant", [], ["shape"], value=size),
            helper.make_node("ConstantOfShape", ["shape"], ["square"]),
            helper.make_node("Loop", ["steps", "", "square"], ["result"], body=body),
            helper.make_node("ReduceSum", ["result"], ["sum"], keepdims=0),
        ],
        [helper.make_tensor_value_info("steps", TensorProto.INT64, [])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [])],
    )


def test_requests_under_way_are_answered(slow: onnx.ModelProto, serve_source: Callable[..., Any]) -> None:
    """Four requests for one worker: one runs and three wait when the signal comes."""
    with serve_source(slow).running() as server:

        def body(steps: int) -> bytes:
            entry = {"name": "steps", "datatype": "INT64", "shape": [], "data": [steps]}
            return json.dumps({"inputs": [entry]}).encode()

        began = time.monotonic()
        assert server.ask("POST", f"{server.address}/infer", body(20)).status == 200
        steps = int(20 * 0.7 / (time.monotonic() - began))  # together they take about three seconds
        connections = [server.connect() for _ in range(CLIENTS)]
        for connection in connections:
            connection.request("POST", f"{server.address}/infer", body(steps))
        time.sleep(0.3)  # for the server to read them
        with ThreadPoolExecutor(1) as pool:
            code = pool.submit(server.stop)
            assert [_status(connection) for connection in connections] == [200] * CLIENTS
            assert code.result() in (0, -15)  # uvicorn passes the signal on where that ends the process


def test_nothing_is_lost_in_mid_load(serve_source: Callable[..., Any]) -> None:
    """Clients go on until they are turned away, as behind a proxy that has not heard of the end yet."""
    entry = {"name": "input", "datatype": "FP32", "shape": [1, 1, 8, 8], "data": [0.5] * 64}
    body = json.dumps({"inputs": [entry]}).encode()
    with serve_source(DIGITS).running() as server, ThreadPoolExecutor(CLIENTS) as pool:
        loads = [pool.submit(_load, server, body) for _ in range(CLIENTS)]
        time.sleep(1)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < LONGEST
        seen = sum((load.result() for load in loads), Counter[str]())
    assert seen.pop("turned away") == CLIENTS
    assert seen.pop("answered") > CLIENTS
    assert not seen, seen


def _status(connection: HTTPConnection) -> int:
    with connection.getresponse() as answer:
        answer.read()
        connection.close()
        return answer.status


def _load(server: Any, body: bytes) -> Counter[str]:
    """Ask again and again; a new connection may be turned away, one in use may not end without an answer."""
    seen: Counter[str] = Counter()
    connection: HTTPConnection | None = None
    while not seen["turned away"]:
        is_new = connection is None
        connection = connection or server.connect()
        try:
            connection.request("POST", f"{server.address}/infer", body)
            answer = connection.getresponse()
            answer.read()
        except (ConnectionError, RemoteDisconnected):
            seen["turned away" if is_new else "lost"] += 1
            connection.close()
            connection = None
            continue
        seen["answered" if answer.status == 200 else f"status {answer.status}"] += 1
        if answer.getheader("connection") == "close":
            connection.close()
            connection = None
    return seen
