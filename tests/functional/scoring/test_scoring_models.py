"""The scoring script in Azure ML's inference server, on models of every kind of input and output."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelpress.proving.scoring_child import prove

Make = Callable[..., onnx.ModelProto]
Render = Callable[..., Path]

DATA = Path(__file__).parents[2] / "data"
HOSTILE = "x\"); import os; os.system('id') #\\ '''\"\"\" */ {{ 7*7 }}\n\u202e\u2028é"
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
    "bfloat16": TensorProto.BFLOAT16,
    "float8e4m3fn": TensorProto.FLOAT8E4M3FN,
}
ALL_FORMS = "golden.json's form, nested lists, .npz files"
tensor = helper.make_tensor_value_info


def identities(make: Make, types: dict[str, int], shape: list[Any] | None) -> onnx.ModelProto:
    """One Identity for each element type: in_int8 to int8, ..."""
    return make(
        [helper.make_node("Identity", [f"in_{name}"], [name]) for name in types],
        [tensor(f"in_{name}", number, shape) for name, number in types.items()],
        [tensor(name, number, shape) for name, number in types.items()],
    )


def four_bits(make: Make) -> onnx.ModelProto:
    return make(
        [
            helper.make_node("DequantizeLinear", ["signed", "scale"], ["real"]),
            helper.make_node("QuantizeLinear", ["floats", "scale"], ["unsigned"], output_dtype=TensorProto.UINT4),
        ],
        [tensor("signed", TensorProto.INT4, ["n"]), tensor("floats", TensorProto.FLOAT, ["n"])],
        [tensor("real", TensorProto.FLOAT, ["n"]), tensor("unsigned", TensorProto.UINT4, ["n"])],
        [helper.make_tensor("scale", TensorProto.FLOAT, [], [0.25])],
    )


def sequence(name: str, number: int, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_value_info(name, helper.make_sequence_type_proto(helper.make_tensor_type_proto(number, shape)))


def mapping(name: str, key: int) -> onnx.ValueInfoProto:
    value = helper.make_tensor_type_proto(TensorProto.FLOAT, [])
    return helper.make_value_info(name, helper.make_map_type_proto(key, value))


def zip_map(make: Make) -> onnx.ModelProto:
    maps = helper.make_sequence_type_proto(mapping("", TensorProto.INT64).type)
    return make(
        [
            helper.make_node("ZipMap", ["scores"], ["classes"], domain="ai.onnx.ml", classlabels_int64s=[5, 6]),
            helper.make_node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
        ],
        [tensor("scores", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_value_info("classes", maps), tensor("label", TensorProto.INT64, ["batch"])],
    )


def sequences(make: Make) -> onnx.ModelProto:
    return make(
        [helper.make_node("SequenceInsert", ["many", "one"], ["more"])],
        [sequence("many", TensorProto.FLOAT, [2, 3]), tensor("one", TensorProto.FLOAT, [2, 3])],
        [sequence("more", TensorProto.FLOAT, [2, 3])],
    )


def maps_in(make: Make) -> onnx.ModelProto:
    return make(
        [helper.make_node("DictVectorizer", ["ids"], ["b"], domain="ai.onnx.ml", int64_vocabulary=[0, 7])],
        [mapping("ids", TensorProto.INT64)],
        [tensor("b", TensorProto.FLOAT, None)],
    )


def optionals(make: Make) -> onnx.ModelProto:
    of_tensor = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, [2]))
    return make(
        [
            helper.make_node("OptionalHasElement", ["a"], ["has_a"]),
            helper.make_node("Identity", ["a"], ["same_a"]),
            helper.make_node("Identity", ["x"], ["y"]),
        ],
        [helper.make_value_info("a", of_tensor), tensor("x", TensorProto.FLOAT, [1])],
        [
            tensor("has_a", TensorProto.BOOL, []),
            helper.make_value_info("same_a", of_tensor),
            tensor("y", TensorProto.FLOAT, [1]),
        ],
    )


def not_finite(make: Make) -> onnx.ModelProto:
    """x / 0: infinities, and NaN."""
    zero = numpy_helper.from_array(np.zeros(1, np.float32), "zero")
    return make(
        [helper.make_node("Div", ["x", "zero"], ["y"])],
        [tensor("x", TensorProto.FLOAT, [3])],
        [tensor("y", TensorProto.FLOAT, [3])],
        [zero],
    )


def hostile(make: Make) -> onnx.ModelProto:
    return make(
        [helper.make_node("Neg", [HOSTILE], [f"{HOSTILE}!"])],
        [tensor(HOSTILE, TensorProto.FLOAT, [HOSTILE, 2])],
        [tensor(f"{HOSTILE}!", TensorProto.FLOAT, [HOSTILE, 2])],
    )


def file_and_inputs(make: Make) -> onnx.ModelProto:
    """Names that mean something to numpy.savez and to a request."""
    return make(
        [helper.make_node("Sub", ["file", "inputs"], ["args"]), helper.make_node("Neg", ["file"], ["file!"])],
        [tensor("file", TensorProto.FLOAT, [2]), tensor("inputs", TensorProto.FLOAT, [2])],
        [tensor("args", TensorProto.FLOAT, [2]), tensor("file!", TensorProto.FLOAT, [2])],
    )


def without_inputs(make: Make) -> onnx.ModelProto:
    value = numpy_helper.from_array(np.arange(3, dtype=np.float32), "value")
    return make([helper.make_node("Identity", ["value"], ["y"])], [], [tensor("y", TensorProto.FLOAT, [3])], [value])


MODELS: dict[str, tuple[Callable[[Make], onnx.ModelProto], str]] = {
    "every type of numpy": (lambda make: identities(make, NUMPY, ["batch", 3]), ALL_FORMS),
    "scalars": (lambda make: identities(make, NUMPY, []), ALL_FORMS),
    "unknown rank": (lambda make: identities(make, NUMPY, None), ALL_FORMS),
    "no elements": (lambda make: identities(make, {"float32": 1, "string": 8, "int64": 7}, [0, 3]), ALL_FORMS),
    "types that numpy lacks": (lambda make: identities(make, LACKING, [2, 3]), ALL_FORMS),
    "four bits": (four_bits, ALL_FORMS),
    "maps out": (zip_map, "golden.json's form, nested lists, .npz to JSON"),
    "maps in": (maps_in, "golden.json's form, nested lists"),
    "sequences": (sequences, "golden.json's form, nested lists"),
    "optionals": (optionals, "golden.json's form, nested lists"),
    "not finite": (not_finite, ALL_FORMS),
    "hostile names": (hostile, ALL_FORMS),
    "telling names": (file_and_inputs, ALL_FORMS),
    "no inputs": (without_inputs, ALL_FORMS),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_server_gives_the_golden_outputs(make_model: Make, render: Render, python: Path, name: str) -> None:
    make, forms = MODELS[name]
    told = prove(render(make(make_model)), "score.py", python)
    assert told.startswith(f"the golden outputs come back for {forms}; ")


def test_a_model_with_external_data(render: Render, python: Path) -> None:
    project = render(DATA / "models" / "digits" / "digits.onnx", dims={"batch": 3})
    assert (project / "model" / "w.bin").is_file()
    assert prove(project, "score.py", python).startswith(f"the golden outputs come back for {ALL_FORMS}")


def test_a_composite_runs_all_its_models(render: Render, python: Path) -> None:
    project = render(DATA / "olive" / "0.13.0-composite-nopkg")
    assert prove(project, "score.py", python).startswith(f"the golden outputs come back for {ALL_FORMS}")
