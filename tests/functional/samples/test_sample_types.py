"""The Python sample on tensors of every element type that ONNX Runtime takes and returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[[onnx.ModelProto], Any]

NUMPY = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "float16": TensorProto.FLOAT16,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "bool": TensorProto.BOOL,
    "string": TensorProto.STRING,
}
LACKING = {
    "bfloat16": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    "float8e4m3fn": (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
    "float8e4m3fnuz": (TensorProto.FLOAT8E4M3FNUZ, ml_dtypes.float8_e4m3fnuz),
    "float8e5m2": (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
    "float8e5m2fnuz": (TensorProto.FLOAT8E5M2FNUZ, ml_dtypes.float8_e5m2fnuz),
}
INT4 = {"int4": TensorProto.INT4, "uint4": TensorProto.UINT4}

tensor = helper.make_tensor_value_info


def identity(make_model: Make, numbers: dict[str, int], shape: list[Any] | None) -> onnx.ModelProto:
    """One Identity for each element type: in_int8 to int8, ..."""
    return make_model(
        [helper.make_node("Identity", [f"in_{name}"], [name]) for name in numbers],
        [tensor(f"in_{name}", number, shape) for name, number in numbers.items()],
        [tensor(name, number, shape) for name, number in numbers.items()],
    )


def array_of(value: dict[str, Any]) -> np.ndarray[Any, Any]:
    dtype = object if value["dtype"] == "string" else value["dtype"]
    return np.array(value["data"], dtype).reshape(value["shape"])


def run_directly(model: onnx.ModelProto, feeds: dict[str, Any]) -> dict[str, Any]:
    session = ort.InferenceSession(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


@pytest.mark.parametrize("shape", [[2, 3], [], [0, 3], ["batch", None], None], ids=str)
def test_every_type_that_numpy_has(make_model: Make, render_model: Render, shape: list[Any] | None) -> None:
    model = identity(make_model, NUMPY, shape)
    outcome = render_model(model).call_json()
    document = outcome.document
    feeds = {value["name"]: array_of(value) for value in document["inputs"]}
    direct = run_directly(model, feeds)
    assert [output["name"] for output in document["outputs"]] == list(NUMPY)
    for output in document["outputs"]:
        expected = direct[output["name"]]
        assert (output["kind"], output["dtype"]) == ("tensor", output["name"])
        assert output["shape"] == list(expected.shape)
        assert outcome.values[output["name"]] == expected.tolist()


@pytest.mark.parametrize("shape", [[2, 3], [], [0, 3]], ids=str)
@pytest.mark.parametrize("io_bind", [False, True])
def test_every_type_that_numpy_lacks(
    make_model: Make, render_model: Render, shape: list[int], *, io_bind: bool
) -> None:
    project = render_model(identity(make_model, {name: number for name, (number, _) in LACKING.items()}, shape))
    project.configure({"io_bind": io_bind})
    outcome = project.call_json()
    inputs = outcome.inputs
    for name, (_, dtype) in LACKING.items():
        assert (outcome.outputs[name]["dtype"], outcome.outputs[name]["shape"]) == (name, shape)
        assert outcome.values[name] == inputs[f"in_{name}"]
        values = np.array(outcome.values[name], np.float64)
        assert (values.astype(dtype).astype(np.float64) == values).all()
    assert "ml_dtypes==" in (project.folder / "requirements.txt").read_text()


def test_values_of_types_that_numpy_lacks_are_what_onnxruntime_sees(
    make_model: Make, render_model: Render, tmp_path: Any
) -> None:
    model = make_model(
        [helper.make_node("Cast", [f"in_{name}"], [name], to=TensorProto.FLOAT) for name in LACKING],
        [tensor(f"in_{name}", number, ["n"]) for name, (number, _) in LACKING.items()],
        [tensor(name, TensorProto.FLOAT, ["n"]) for name in LACKING],
    )
    wanted = np.array([-2.0, -0.5, 0.0, 0.25, 1.5], np.float32)
    file = tmp_path / "inputs.npz"
    arrays = {f"in_{name}": wanted.astype(dtype) for name, (_, dtype) in LACKING.items()}
    arrays["in_float8e5m2"] = wanted  # numpy cannot read what ml_dtypes makes it write of this type
    np.savez(file, **arrays)
    values = render_model(model).call_json("--inputs", file).values
    assert values == {name: wanted.tolist() for name in LACKING}


@pytest.mark.parametrize("values", [[-8, 7, 3], [-1, 0, 1, 2], [5], []], ids=str)
def test_four_bits(make_model: Make, render_model: Render, tmp_path: Any, values: list[int]) -> None:
    """int4 and uint4 in, as ONNX Runtime dequantizes them; and out, as it quantizes."""
    model = make_model(
        [
            helper.make_node("DequantizeLinear", ["signed", "scale"], ["from_signed"]),
            helper.make_node("DequantizeLinear", ["unsigned", "scale"], ["from_unsigned"]),
            helper.make_node("QuantizeLinear", ["floats", "scale"], ["to_signed"], output_dtype=TensorProto.INT4),
            helper.make_node("QuantizeLinear", ["floats", "scale"], ["to_unsigned"], output_dtype=TensorProto.UINT4),
        ],
        [
            tensor("signed", TensorProto.INT4, ["n"]),
            tensor("unsigned", TensorProto.UINT4, ["n"]),
            tensor("floats", TensorProto.FLOAT, ["n"]),
        ],
        [
            tensor("from_signed", TensorProto.FLOAT, ["n"]),
            tensor("from_unsigned", TensorProto.FLOAT, ["n"]),
            tensor("to_signed", TensorProto.INT4, ["n"]),
            tensor("to_unsigned", TensorProto.UINT4, ["n"]),
        ],
        [helper.make_tensor("scale", TensorProto.FLOAT, [], [1.0])],
    )
    positive = [value + 8 for value in values]
    file = tmp_path / "inputs.npz"
    arrays = {"signed": np.array(values, np.int8), "unsigned": np.array(positive, np.uint8)}
    np.savez(file, **arrays, floats=np.array(values, np.float32))
    found = render_model(model).call_json("--inputs", file)
    assert found.values == {
        "from_signed": values,
        "from_unsigned": positive,
        "to_signed": values,
        "to_unsigned": [max(value, 0) for value in values],
    }
    assert [output["dtype"] for output in found.outputs.values()] == ["float32", "float32", "int4", "uint4"]


def test_what_json_has_no_numbers_for(make_model: Make, render_model: Render, tmp_path: Any) -> None:
    model = make_model(
        [helper.make_node("Log", ["x"], ["y"]), helper.make_node("Neg", ["y"], ["z"])],
        [tensor("x", TensorProto.FLOAT, [8])],
        [tensor("y", TensorProto.FLOAT, [8]), tensor("z", TensorProto.FLOAT, [8])],
    )
    file = tmp_path / "inputs.npz"
    np.savez(file, x=np.array([0, -1, 1, 1, 1, 1, 1, 1]))
    project = render_model(model)
    values = project.call_json("--inputs", file).values
    assert values == {"y": ["-Infinity", "NaN", *[0] * 6], "z": ["Infinity", "NaN", *[0] * 6]}
    assert "-inf, nan, 0, 0, 0, 0, ...  min nan max nan mean nan" in project.call("--inputs", file).stdout
