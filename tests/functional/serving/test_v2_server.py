"""The server of the Open Inference Protocol: its addresses, its refusals, its description of itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

ROOT = Path(__file__).parents[3]
DIGITS = ROOT / "tests" / "data" / "models" / "digits" / "digits.onnx"
NAME = "digits/of \N{GREEK SMALL LETTER PI}?"
GOOD = {"name": "input", "datatype": "FP32", "shape": [1, 1, 8, 8], "data": [0.5] * 64}
RULES = "A,ARG,B,C4,C90,E,F,FBT,FURB,I,N,PERF,PIE,PLC,PLE,PLR,PLW,PTH,PYI,RET,RSE,RUF,S,SIM,SLF,T10,UP,W"
HOSTILE = [
    'x"); import os; os.system("touch pwned") #',
    "two\nlines\r",
    "'''\"\"\"",
    "{{ 7*7 }}",
    "$(id)`id`",
    "\x1b[31m",
]

tensor = helper.make_tensor_value_info


@pytest.fixture(scope="module")
def project(serve_source: Callable[..., Any]) -> Any:
    return serve_source(DIGITS, name=NAME)


@pytest.fixture(scope="module")
def digits(project: Any) -> Iterator[Any]:
    with project.running("--max-bytes", "20000") as server:
        yield server


def test_the_server_says_what_it_is(digits: Any) -> None:
    assert digits.ask("GET", "/v2").document["extensions"] == ["binary_tensor_data"]
    assert digits.ask("GET", "/v2/health/live").document == {"live": True}
    assert digits.ask("GET", "/v2/health/ready").document == {"ready": True}
    metadata = {
        "name": NAME,
        "versions": ["1"],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 1, 8, 8]}],
        "outputs": [{"name": "logits", "datatype": "FP32", "shape": [-1, 10]}],
    }
    for address in (digits.address, f"{digits.address}/versions/1"):
        assert digits.ask("GET", address).document == metadata
        assert digits.ask("GET", f"{address}/ready").document == {"name": NAME, "ready": True}
        assert digits.ask("POST", f"{address}/infer", json.dumps({"inputs": [GOOD]}).encode()).status == 200


def test_other_models_and_versions_are_not_there(digits: Any) -> None:
    for path in ("", "/ready", "/infer", "/versions/1/infer"):
        reply = digits.ask("POST" if "infer" in path else "GET", f"/v2/models/other{path}", b"{}")
        assert (reply.status, reply.error) == (404, f"there is no model 'other', but {NAME!r}")
    reply = digits.ask("GET", f"{digits.address}/versions/2/ready")
    assert (reply.status, reply.error) == (404, "there is no version '2', but '1'")
    assert (digits.ask("GET", "/v3").status, digits.ask("GET", "/v3").error) == (404, "Not Found")


@pytest.mark.parametrize("binary", [False, True])
def test_the_golden_outputs_come_back(project: Any, digits: Any, binary: bool) -> None:  # noqa: FBT001
    given, expected = project.golden["inputs"][0], project.golden["outputs"][0]
    data = np.array(given["data"], np.float32)
    sent = {"name": given["name"], "datatype": "FP32", "shape": given["shape"]}
    if binary:
        sent["parameters"] = {"binary_data_size": data.nbytes}
        reply = digits.infer({"inputs": [sent], "parameters": {"binary_data_output": True}}, data.tobytes())
        found = np.frombuffer(reply.rest, np.float32)
    else:
        reply = digits.infer({"inputs": [{**sent, "data": given["data"]}]})
        found = np.array(reply.outputs["logits"]["data"])
    assert reply.outputs["logits"]["shape"] == expected["shape"]
    tolerance = expected["tolerance"]
    np.testing.assert_allclose(found, expected["data"], tolerance["relative"], tolerance["absolute"])


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (b"{", "the body is not JSON: "),
        (b"\xff", "the body is not JSON: "),
        (b"[" * 10_000, "the body is not JSON: "),
        ([], "the body is not a JSON object"),
        ({}, "inputs must be a list of objects"),
        ({"inputs": [1]}, "inputs must be a list of objects"),
        ({"inputs": []}, "inputs lacks 'input'"),
        ({"inputs": [{}]}, "inputs[0]: the model has no input None, but 'input'"),
        ({"inputs": [{"name": "x"}]}, "inputs[0]: the model has no input 'x', but 'input'"),
        ({"inputs": [GOOD, GOOD]}, "inputs[1]: 'input' is given twice"),
        (
            {"inputs": [GOOD | {"datatype": "FP64"}]},
            "inputs[0] 'input': datatype is 'FP64', and the model takes FP32",
        ),
        ({"inputs": [GOOD | {"shape": "64"}]}, "inputs[0] 'input': shape must be a list of sizes, not '64'"),
        ({"inputs": [GOOD | {"shape": [True]}]}, "inputs[0] 'input': shape must be a list of sizes, not [True]"),
        ({"inputs": [GOOD | {"shape": [-1, 1, 8, 8]}]}, "inputs[0] 'input': shape must be a list of sizes, not [-1,"),
        (
            {"inputs": [GOOD | {"shape": [1, 64]}]},
            "inputs[0] 'input': shape is [1, 64], and the model takes [-1, 1, 8, 8] (-1 is any size)",
        ),
        (
            {"inputs": [GOOD | {"shape": [10**15, 1, 8, 8]}]},
            f"inputs[0] 'input': shape is [{10**15}, 1, 8, 8], and data has 64 elements",
        ),
        ({"inputs": [GOOD | {"data": 1}]}, "inputs[0] 'input': data must be a list"),
        ({"inputs": [GOOD | {"parameters": []}]}, "the parameters of inputs[0] 'input' must be an object"),
        (
            {"inputs": [GOOD | {"parameters": {"binary_data_size": 256}}]},
            "inputs[0] 'input': binary data needs the header Inference-Header-Content-Length",
        ),
        ({"inputs": [GOOD], "id": 1}, "id must be text"),
        ({"inputs": [GOOD], "parameters": 1}, "the parameters of the request must be an object"),
        (
            {"inputs": [GOOD], "parameters": {"binary_data_output": 1}},
            "parameters.binary_data_output must be true or false",
        ),
        ({"inputs": [GOOD], "outputs": {}}, "outputs must be a list of objects"),
        ({"inputs": [GOOD], "outputs": [{}]}, "outputs[0] has no name"),
        ({"inputs": [GOOD], "outputs": [{"name": "x"}]}, "outputs: the model has no output 'x', but 'logits'"),
        ({"inputs": [GOOD], "outputs": [{"name": "logits"}] * 2}, "outputs[1]: 'logits' is asked for twice"),
        (
            {"inputs": [GOOD], "outputs": [{"name": "logits", "parameters": {"classification": 1}}]},
            "outputs[0]: there is no classification extension here",
        ),
    ],
)
def test_wrong_requests_name_the_field(digits: Any, document: object, error: str) -> None:
    reply = digits.infer(document)
    assert (reply.status, reply.error[: len(error)]) == (400, error)


@pytest.mark.parametrize(
    ("size", "data", "error"),
    [
        (256, b"\0" * 255, "inputs[0] 'input': binary_data_size is 256, and the body has 255 bytes left"),
        (-1, b"", "inputs[0] 'input': binary_data_size is -1, and the body has 0 bytes left"),
        ("256", b"\0" * 256, "inputs[0] 'input': binary_data_size is '256', and the body has 256 bytes left"),
        (255, b"\0" * 255, "inputs[0] 'input': [1, 1, 8, 8] elements of FP32 take 256 bytes, and binary_data_size"),
        (256, b"\0" * 257, "1 bytes of the body belong to no input: "),
    ],
)
def test_binary_data_of_the_wrong_size_is_refused(digits: Any, size: object, data: bytes, error: str) -> None:
    reply = digits.infer({"inputs": [GOOD | {"parameters": {"binary_data_size": size}}]}, data)
    assert (reply.status, reply.error[: len(error)]) == (400, error)


def test_a_wrong_length_of_the_json_is_refused(digits: Any) -> None:
    def error(length: str) -> str:
        headers = {"Inference_Header_Content_Length": length}
        reply = digits.ask("POST", f"{digits.address}/infer", b"{}", **headers)
        assert reply.status == 400
        return str(reply.error)

    assert error("-1") == "Inference-Header-Content-Length is '-1', which is no length"
    assert error("3") == "Inference-Header-Content-Length is 3, and the body has 2 bytes"


def test_what_is_too_long_or_compressed_is_not_read(digits: Any) -> None:
    reply = digits.ask("POST", f"{digits.address}/infer", b" " * 20_001)
    assert (reply.status, reply.error) == (413, "the body is longer than 20000 bytes")
    connection = digits.connect()
    chunks: Iterator[bytes] = (b" " * 1000 for _ in range(21))
    connection.request("POST", f"{digits.address}/infer", chunks, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    reply = digits.ask("POST", f"{digits.address}/infer", b"", Content_Encoding="gzip")
    assert (reply.status, reply.error) == (415, "Content-Encoding is 'gzip': send it plain")


def test_the_description_holds_and_its_example_works(digits: Any) -> None:
    description = digits.ask("GET", "/openapi.json").document
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models/{name}",
        "/v2/models/{name}/infer",
        "/v2/models/{name}/ready",
    }
    assert "$ref" not in json.dumps(description)
    operation = description["paths"]["/v2/models/{name}/infer"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for schema in (body["schema"], answer):
        jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(body["example"], body["schema"])
    reply = digits.infer(body["example"])
    assert reply.status == 200
    jsonschema.validate(reply.document, answer)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"inputs": [GOOD | {"shape": [1]}]}, body["schema"])


def test_the_page_needs_nothing_from_elsewhere(digits: Any) -> None:
    reply = digits.ask("GET", "/docs")
    page = reply.body.decode()
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not re.search(r"//|\bsrc=|@import|url\(", re.sub(r"<!--.*?-->", "", page))
    assert "openapi.json" in page


def test_hostile_names_are_data(make_model: Any, serve_source: Any) -> None:
    model = make_model(
        [helper.make_node("Identity", [name], [f"out {name}"]) for name in HOSTILE],
        [tensor(name, TensorProto.FLOAT, [name]) for name in HOSTILE],
        [tensor(f"out {name}", TensorProto.FLOAT, [name]) for name in HOSTILE],
    )
    project = serve_source(model, name=HOSTILE[0], model_name="{x}/infer")
    project = type(project)(project.root, "{x}/infer")
    with project.running() as server:
        inputs = [{"name": name, "datatype": "FP32", "shape": [1], "data": [1.5]} for name in HOSTILE]
        assert set(server.infer({"inputs": inputs}).outputs) == {f"out {name}" for name in HOSTILE}
        assert server.ask("GET", "/openapi.json").document["info"]["title"] == "{x}/infer"
    assert not list(project.root.rglob("pwned"))


def test_the_models_of_a_composite_run_as_one(serve_source: Any) -> None:
    project = serve_source(ROOT / "tests" / "data" / "olive" / "0.13.0-composite-nopkg")
    given, expected = project.golden["inputs"], project.golden["outputs"]
    with project.running() as server:
        inputs = [
            {"name": one["name"], "datatype": "FP32", "shape": one["shape"], "data": one["data"]} for one in given
        ]
        outputs = server.infer({"inputs": inputs}).outputs
        assert list(outputs) == [one["name"] for one in expected]
        np.testing.assert_allclose(outputs[expected[0]["name"]]["data"], expected[0]["data"], 1e-3, 1e-4)


def test_outputs_that_the_protocol_cannot_carry_are_left_out(make_model: Any, serve_source: Any) -> None:
    model = make_model(
        [
            helper.make_node("Identity", ["x"], ["y"]),
            helper.make_node("SequenceConstruct", ["x", "x"], ["pair"]),
            helper.make_node("Cast", ["x"], ["small"], to=TensorProto.FLOAT8E4M3FN),
        ],
        [tensor("x", TensorProto.FLOAT, [1])],
        [
            tensor("y", TensorProto.FLOAT, [1]),
            helper.make_tensor_sequence_value_info("pair", TensorProto.FLOAT, [1]),
        ],
    )
    with serve_source(model).running() as server:
        inputs = [{"name": "x", "datatype": "FP32", "shape": [1], "data": [2]}]
        assert [one["name"] for one in server.ask("GET", server.address).document["outputs"]] == ["y"]
        assert server.infer({"inputs": inputs}).outputs["y"]["data"] == [2.0]
        refused = server.infer({"inputs": inputs, "outputs": [{"name": "pair"}]})
        assert refused.error == "outputs: the model has no output 'pair', but 'y'"


def test_an_optional_input_may_be_left_out(make_model: Any, serve_source: Any) -> None:
    optional = onnx.helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [1]))
    model = make_model(
        [
            helper.make_node("OptionalHasElement", ["maybe"], ["given"]),
            helper.make_node("Identity", ["x"], ["y"]),
        ],
        [tensor("x", TensorProto.FLOAT, [1]), helper.make_value_info("maybe", optional)],
        [tensor("given", TensorProto.BOOL, []), tensor("y", TensorProto.FLOAT, [1])],
    )
    with serve_source(model).running() as server:
        x, maybe = ({"name": name, "datatype": "FP32", "shape": [1], "data": [2]} for name in ("x", "maybe"))
        assert server.infer({"inputs": [x, maybe]}).outputs["given"] == {
            "name": "given",
            "datatype": "BOOL",
            "shape": [],
            "data": [True],
        }


def test_what_the_graph_refuses_is_the_fault_of_the_request(make_model: Any, serve_source: Any) -> None:
    model = make_model(
        [helper.make_node("Add", ["a", "b"], ["sum"])],
        [tensor("a", TensorProto.FLOAT, ["n"]), tensor("b", TensorProto.FLOAT, ["m"])],
        [tensor("sum", TensorProto.FLOAT, [None])],
    )
    with serve_source(model).running() as server:

        def send(*sizes: int) -> Any:
            entries = [
                {"name": name, "datatype": "FP32", "shape": [size], "data": [1] * size}
                for name, size in zip("ab", sizes, strict=True)
            ]
            return server.infer({"inputs": entries})

        assert send(2, 2).outputs["sum"]["data"] == [2.0, 2.0]
        reply = send(2, 3)
        assert (reply.status, reply.error[:44]) == (400, "the model does not run on these inputs: [ONN")


def test_the_source_is_clean(project: Any) -> None:
    ruff = [sys.executable, "-m", "ruff"]
    lint = [*ruff, "check", "--isolated", "--select", RULES, "--ignore", "E501", "v2_server"]
    for command in (lint, [*ruff, "format", "--isolated", "--diff", "v2_server"]):
        done = subprocess.run(command, cwd=project.root / "scoring", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
