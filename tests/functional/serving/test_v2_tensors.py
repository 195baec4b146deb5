"""Every element type of the Open Inference Protocol, in JSON and in binary."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

tensor = helper.make_tensor_value_info
NUMBERS = {
    "BOOL": (TensorProto.BOOL, np.bool_, [True, False, True]),
    "UINT8": (TensorProto.UINT8, np.uint8, [0, 1, 2**8 - 1]),
    "UINT16": (TensorProto.UINT16, np.uint16, [0, 1, 2**16 - 1]),
    "UINT32": (TensorProto.UINT32, np.uint32, [0, 1, 2**32 - 1]),
    "UINT64": (TensorProto.UINT64, np.uint64, [0, 1, 2**64 - 1]),
    "INT8": (TensorProto.INT8, np.int8, [-(2**7), 0, 2**7 - 1]),
    "INT16": (TensorProto.INT16, np.int16, [-(2**15), 0, 2**15 - 1]),
    "INT32": (TensorProto.INT32, np.int32, [-(2**31), 0, 2**31 - 1]),
    "INT64": (TensorProto.INT64, np.int64, [-(2**63), 0, 2**63 - 1]),
    "FP16": (TensorProto.FLOAT16, np.float16, [0.5, -65504.0, "NaN"]),
    "BF16": (TensorProto.BFLOAT16, ml_dtypes.bfloat16, [0.5, -1.5, "-Infinity"]),
    "FP32": (TensorProto.FLOAT, np.float32, [0.1, 1e-45, "Infinity"]),
    "FP64": (TensorProto.DOUBLE, np.float64, [0.1, 5e-324, "NaN"]),
}
TEXTS = ["", "plain", "\N{PARTY POPPER} two\nlines", "ends in NUL\0"]


def identity(make_model: Callable[..., onnx.ModelProto], types: dict[str, int]) -> onnx.ModelProto:
    return make_model(
        [helper.make_node("Identity", [name], [f"{name} out"]) for name in types],
        [tensor(name, number, ["n"]) for name, number in types.items()],
        [tensor(f"{name} out", number, ["n"]) for name, number in types.items()],
    )


@pytest.fixture(scope="module")
def numbers(make_model: Callable[..., onnx.ModelProto], serve_source: Callable[..., Any]) -> Iterator[Any]:
    model = identity(make_model, {name: number for name, (number, _, _) in NUMBERS.items()})
    with serve_source(model).running() as server:
        yield server


@pytest.fixture(scope="module")
def texts(make_model: Callable[..., onnx.ModelProto], serve_source: Callable[..., Any]) -> Iterator[Any]:
    with serve_source(identity(make_model, {"BYTES": TensorProto.STRING})).running() as server:
        yield server


def entry(name: str, data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": name, "shape": [len(data)], "data": data}


def array_of(name: str, data: list[Any] | None = None) -> np.ndarray[Any, Any]:
    dtype = NUMBERS[name][1]
    data = [float(one) if isinstance(one, str) else one for one in data or NUMBERS[name][2]]
    return np.array(data).astype(dtype) if name not in ("UINT64", "INT64") else np.array(data, dtype)


def test_the_metadata_names_every_type(numbers: Any, texts: Any) -> None:
    found = [one for server in (numbers, texts) for one in server.ask("GET", server.address).document["inputs"]]
    assert found == [{"name": name, "datatype": name, "shape": [-1]} for name in (*NUMBERS, "BYTES")]


def test_json_keeps_every_value(numbers: Any) -> None:
    reply = numbers.infer({"inputs": [entry(name, data) for name, (_, _, data) in NUMBERS.items()]})
    assert reply.headers["content-type"] == "application/json"
    for name, (_, _, data) in NUMBERS.items():
        output = reply.outputs[f"{name} out"]
        assert (output["datatype"], output["shape"]) == (name, [3])
        texts = [one if isinstance(one, str) else None for one in data]
        assert [one if isinstance(one, str) else None for one in output["data"]] == texts
        sent, came = array_of(name), array_of(name, output["data"])
        assert sent.tobytes() == came.tobytes()


def test_binary_keeps_every_bit(numbers: Any) -> None:
    arrays = {name: array_of(name) for name in NUMBERS}
    inputs = [
        {"name": name, "datatype": name, "shape": [3], "parameters": {"binary_data_size": array.nbytes}}
        for name, array in arrays.items()
    ]
    sent = b"".join(array.tobytes() for array in arrays.values())
    reply = numbers.infer({"inputs": inputs, "parameters": {"binary_data_output": True}}, sent)
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.rest == sent
    for name, array in arrays.items():
        assert reply.outputs[f"{name} out"]["parameters"] == {"binary_data_size": array.nbytes}


def test_json_and_binary_can_be_mixed(numbers: Any) -> None:
    array = array_of("FP32")
    inputs = [entry(name, data) for name, (_, _, data) in NUMBERS.items() if name != "FP32"]
    inputs.insert(3, {"name": "FP32", "datatype": "FP32", "shape": [3], "parameters": {"binary_data_size": 12}})
    wanted = [{"name": "INT8 out", "parameters": {"binary_data": True}}, {"name": "FP32 out"}]
    reply = numbers.infer({"id": "a request", "inputs": inputs, "outputs": wanted}, array.tobytes())
    assert list(reply.outputs) == ["INT8 out", "FP32 out"]
    assert reply.document["id"] == "a request"
    assert reply.rest == array_of("INT8").tobytes()
    assert array_of("FP32", reply.outputs["FP32 out"]["data"]).tobytes() == array.tobytes()


def test_truth_values_in_binary_are_those_that_are_not_zero(numbers: Any) -> None:
    inputs = [entry(name, data) for name, (_, _, data) in NUMBERS.items() if name != "BOOL"]
    inputs.append({"name": "BOOL", "datatype": "BOOL", "shape": [3], "parameters": {"binary_data_size": 3}})
    reply = numbers.infer({"inputs": inputs}, b"\x00\x02\xff")
    assert reply.outputs["BOOL out"]["data"] == [False, True, True]


def test_text_in_json_and_in_binary(texts: Any) -> None:
    reply = texts.infer({"inputs": [entry("BYTES", TEXTS)]})
    assert reply.outputs["BYTES out"]["data"] == TEXTS
    packed = b"".join(struct.pack("<I", len(one.encode())) + one.encode() for one in TEXTS)
    given = {
        "name": "BYTES",
        "datatype": "BYTES",
        "shape": [len(TEXTS)],
        "parameters": {"binary_data_size": len(packed)},
    }
    reply = texts.infer({"inputs": [given], "parameters": {"binary_data_output": True}}, packed)
    assert reply.rest == packed


def test_text_is_sound_utf8(texts: Any) -> None:
    def send(data: bytes) -> str:
        given = {"name": "BYTES", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": len(data)}}
        reply = texts.infer({"inputs": [given]}, data)
        assert reply.status == 400
        return str(reply.error)

    assert send(b"\x01\0\0\0\xff").startswith("inputs[0] 'BYTES': 'utf-8' codec can't decode")
    assert send(b"\x01\0") == "inputs[0] 'BYTES': the binary data ends within the length of an element"
    assert send(b"\x05\0\0\0abc") == "inputs[0] 'BYTES': an element has 5 bytes, more than are left"
    assert send(b"") == "inputs[0] 'BYTES': shape is [1], and the data has 0 elements"
    assert texts.infer({"inputs": [entry("BYTES", [1])]}).error == "inputs[0] 'BYTES': data must be BYTES: got int64"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("INT8", [1, 2, 200], "inputs[5] 'INT8': it has values beyond the range of int8"),
        ("UINT64", [1, -2, 3], "inputs[4] 'UINT64': "),
        ("INT64", [1, 2, 2**63], "inputs[8] 'INT64': data must be INT64: got float64"),
        ("INT32", [1, 2, 0.5], "inputs[7] 'INT32': data must be INT32: got float64"),
        ("FP32", [1, 2, 1e39], "inputs[11] 'FP32': it has values beyond the range of float32"),
        ("FP64", [1, 2, "3"], "inputs[12] 'FP64': data must be FP64: got "),
        ("FP64", [1, 2, None], "inputs[12] 'FP64': data must be FP64: got object"),
        ("BOOL", [0, 1, 1], "inputs[0] 'BOOL': data must be BOOL: got int64"),
    ],
)
def test_values_that_do_not_fit_are_refused(numbers: Any, name: str, data: list[Any], error: str) -> None:
    inputs = [entry(one, data if one == name else good) for one, (_, _, good) in NUMBERS.items()]
    reply = numbers.infer({"inputs": inputs})
    assert (reply.status, reply.error[: len(error)]) == (400, error)


def test_whole_numbers_and_nested_lists_are_taken(make_model: Any, serve_source: Any) -> None:
    model = make_model(
        [helper.make_node("Identity", ["x"], ["y"])],
        [tensor("x", TensorProto.FLOAT, ["n", 2])],
        [tensor("y", TensorProto.FLOAT, ["n", 2])],
    )
    with serve_source(model).running() as server:

        def send(shape: list[int], data: list[Any]) -> Any:
            return server.infer({"inputs": [{"name": "x", "datatype": "FP32", "shape": shape, "data": data}]})

        assert send([2, 2], [[1, 2], [3, 4]]).outputs["y"] == {
            "name": "y",
            "datatype": "FP32",
            "shape": [2, 2],
            "data": [1.0, 2.0, 3.0, 4.0],
        }
        assert send([0, 2], []).outputs["y"]["shape"] == [0, 2]
        assert send([3, 2], [[1, 2, 3], [4, 5, 6]]).error == "inputs[0] 'x': shape is [3, 2], and data has [2, 3]"
        assert send([1, 2], [[1, 2], [3]]).status == 400
        assert json.loads(send([1, 2], [1, 2]).body)["model_name"] == "served"
