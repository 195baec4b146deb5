"""The C++ sample on models of every kind of input and output, against what Python's runtime gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[[onnx.ModelProto, Mapping[str, Any]], Any]

tensor = helper.make_tensor_value_info
node = helper.make_node
FLOAT = TensorProto.FLOAT
SMALL_FLOATS = {
    "float16": (TensorProto.FLOAT16, np.float16),
    "bfloat16": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    "float8e4m3fn": (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
    "float8e4m3fnuz": (TensorProto.FLOAT8E4M3FNUZ, ml_dtypes.float8_e4m3fnuz),
    "float8e5m2": (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
    "float8e5m2fnuz": (TensorProto.FLOAT8E5M2FNUZ, ml_dtypes.float8_e5m2fnuz),
}
TENSORS: dict[str, np.ndarray[Any, Any]] = {
    "float32": np.array([0.1, -0.0, np.nan, np.inf, -np.inf, 1e-45, 3.4e38], np.float32),
    "float64": np.array([0.1, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1.7e308]),
    "bool": np.array([True, False]),
    "string": np.array(["", "two\nlines", '\N{PARTY POPPER} \\ "', "a\0b"], object),
} | {
    name: np.array([np.iinfo(name).min, 7, np.iinfo(name).max], name)
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
}


@dataclass(frozen=True)
class Case:
    """A model and inputs for it."""

    model: onnx.ModelProto
    feeds: Mapping[str, Any]


def build(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    *,
    initializers: Sequence[onnx.TensorProto] = (),
    versions: tuple[int, int] = (10, 21),
) -> onnx.ModelProto:
    ir_version, opset = versions
    graph = helper.make_graph(list(nodes), "graph", list(inputs), list(outputs), list(initializers))
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 1 if opset < 10 else 3)]
    return helper.make_model(graph, ir_version=ir_version, opset_imports=opsets)


def identity(feeds: Mapping[str, np.ndarray[Any, Any]], shape: list[Any] | None) -> Case:
    numbers = {name: helper.np_dtype_to_tensor_dtype(feed.dtype) for name, feed in feeds.items()}
    return Case(
        build(
            [node("Identity", [name], [f"same {name}"]) for name in feeds],
            [tensor(name, number, shape) for name, number in numbers.items()],
            [tensor(f"same {name}", number, shape) for name, number in numbers.items()],
        ),
        feeds,
    )


def reshaped(shape: tuple[int, ...], declared: list[Any] | None) -> Case:
    return identity({name: np.resize(array, shape) for name, array in TENSORS.items()}, declared)


def four_bits() -> Case:
    """An odd number of them: the last byte is half full."""
    low, high = np.arange(-8, 7).astype(np.int8), np.arange(15).astype(np.uint8)
    kinds = {"int4": (TensorProto.INT4, low), "uint4": (TensorProto.UINT4, high)}
    return Case(
        build(
            [
                *(node("Cast", [name], [f"wide {name}"], to=FLOAT) for name in kinds),
                *(node("Cast", [f"wide {name}"], [f"same {name}"], to=number) for name, (number, _) in kinds.items()),
            ],
            [tensor(name, number, ["n"]) for name, (number, _) in kinds.items()],
            [
                *(tensor(f"same {name}", number, ["n"]) for name, (number, _) in kinds.items()),
                *(tensor(f"wide {name}", FLOAT, ["n"]) for name in kinds),
            ],
        ),
        {name: array for name, (_, array) in kinds.items()},
    )


def several() -> Case:
    return Case(
        build(
            [node("MatMul", ["a", "b"], ["product"]), node("Shape", ["a"], ["shape"]), node("Neg", ["b"], ["-"])],
            [tensor("a", FLOAT, ["batch", 3]), tensor("b", FLOAT, [3, None])],
            [
                tensor("product", FLOAT, ["batch", None]),
                tensor("shape", TensorProto.INT64, [2]),
                tensor("-", FLOAT, None),
            ],
        ),
        {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones((3, 4), np.float32)},
    )


def zip_map(*, words: bool) -> Case:
    key = TensorProto.STRING if words else TensorProto.INT64
    labels: dict[str, Any] = (
        {"classlabels_strings": ["one", "", "\u00e9\n"]} if words else {"classlabels_int64s": [-1, 0, 2**62]}
    )
    value = helper.make_tensor_type_proto(FLOAT, [])
    maps = helper.make_sequence_type_proto(helper.make_map_type_proto(key, value))
    return Case(
        build(
            [node("ZipMap", ["scores"], ["classes"], domain="ai.onnx.ml", **labels)],
            [tensor("scores", FLOAT, ["n", 3])],
            [helper.make_value_info("classes", maps)],
        ),
        {"scores": np.array([[0.5, 0.25, 0.25], [0, np.nan, 1]], np.float32)},
    )


def maps_in() -> Case:
    def mapping(name: str, key: int) -> onnx.ValueInfoProto:
        return helper.make_value_info(name, helper.make_map_type_proto(key, helper.make_tensor_type_proto(FLOAT, [])))

    return Case(
        build(
            [
                node("DictVectorizer", ["words"], ["a"], domain="ai.onnx.ml", string_vocabulary=["x", "y"]),
                node("DictVectorizer", ["ids"], ["b"], domain="ai.onnx.ml", int64_vocabulary=[0, 7]),
            ],
            [mapping("words", TensorProto.STRING), mapping("ids", TensorProto.INT64)],
            [tensor("a", FLOAT, None), tensor("b", FLOAT, None)],
        ),
        {"words": {"y": 2.5}, "ids": {7: 1.0, 0: 3.0}},
    )


def sequence_of(number: int) -> onnx.TypeProto:
    return helper.make_sequence_type_proto(helper.make_tensor_type_proto(number, None))


def sequences() -> Case:
    kinds = {
        "float": (FLOAT, np.ones((2, 3), np.float32)),
        "int64": (TensorProto.INT64, np.array(2**62)),
        "string": (TensorProto.STRING, np.array(["a", "\u00e9"], object)),
        "bool": (TensorProto.BOOL, np.array([True])),
    }
    return Case(
        build(
            [
                *(node("SequenceInsert", [f"{name}s", name], [f"more {name}s"]) for name in kinds),
                node("SequenceEmpty", [], ["none"], dtype=FLOAT),
            ],
            [
                *(helper.make_value_info(f"{name}s", sequence_of(number)) for name, (number, _) in kinds.items()),
                *(tensor(name, number, None) for name, (number, _) in kinds.items()),
            ],
            [
                *(helper.make_value_info(f"more {name}s", sequence_of(number)) for name, (number, _) in kinds.items()),
                helper.make_value_info("none", sequence_of(FLOAT)),
            ],
        ),
        {f"{name}s": [one, one] for name, (_, one) in kinds.items()} | {name: one for name, (_, one) in kinds.items()},
    )


def optionals(*, given: bool) -> Case:
    types = {
        "a": helper.make_optional_type_proto(helper.make_tensor_type_proto(FLOAT, [2])),
        "b": helper.make_optional_type_proto(sequence_of(FLOAT)),
    }
    pair = np.array([1, 2], np.float32)
    return Case(
        build(
            [
                *(node("OptionalHasElement", [name], [f"has {name}"]) for name in types),
                *(node("Identity", [name], [f"same {name}"]) for name in types),
            ],
            [helper.make_value_info(name, one) for name, one in types.items()],
            [
                *(tensor(f"has {name}", TensorProto.BOOL, []) for name in types),
                *(helper.make_value_info(f"same {name}", one) for name, one in types.items()),
            ],
        ),
        {"a": pair, "b": [pair, pair]} if given else {"a": None, "b": None},
    )


def no_inputs() -> Case:
    value = helper.make_tensor("value", TensorProto.INT64, [2], [3, 2**62])
    return Case(build([node("Constant", [], ["y"], value=value)], [], [tensor("y", TensorProto.INT64, [2])]), {})


def versions(ir_version: int, opset: int) -> Case:
    """Before IR 4 an initializer is an input, too."""
    two = helper.make_tensor("two", FLOAT, [1], [2])
    model = build(
        [node("Mul", ["x", "two"], ["y"])],
        [tensor("x", FLOAT, [1, "?"]), *([tensor("two", FLOAT, [1])] if ir_version < 4 else [])],
        [tensor("y", FLOAT, [1, "?"])],
        initializers=[two],
        versions=(ir_version, opset),
    )
    return Case(model, {"x": np.array([[3.5, 4]], np.float32)})


CASES = {
    "vectors": reshaped((7,), ["n"]),
    "matrices": reshaped((2, 3), ["batch", None]),
    "scalars": reshaped((), []),
    "empty": reshaped((0, 3), ["batch", 3]),
    "unknown-rank": reshaped((2, 1, 2), None),
    "four-bits": four_bits(),
    "several": several(),
    "zip-map-words": zip_map(words=True),
    "zip-map-numbers": zip_map(words=False),
    "maps-in": maps_in(),
    "sequences": sequences(),
    "optionals-given": optionals(given=True),
    "optionals-left-out": optionals(given=False),
    "no-inputs": no_inputs(),
    "oldest": versions(3, 7),
    "newest": versions(13, 26),
}


@pytest.mark.parametrize("io_bind", [False, True], ids=["run", "bound"])
@pytest.mark.parametrize("name", CASES)
def test_outputs_are_those_of_python(make_case: Make, name: str, io_bind: bool) -> None:  # noqa: FBT001 - parametrized
    case = make_case(CASES[name].model, CASES[name].feeds)
    outcome = case.on_settings({"io_bind": io_bind})
    golden = case.golden["outputs"]
    assert list(outcome.outputs) == [output["name"] for output in golden]
    assert f"check passed: {len(golden)} outputs" in outcome.stderr
    for output in golden:
        del output["tolerance"], output["stable"]
        assert outcome.outputs[output["name"]] == output


def floats(number: int) -> onnx.ModelProto:
    return build(
        [
            node("Identity", ["x"], ["same"]),
            node("Cast", ["x"], ["wide"], to=FLOAT),
            node("Cast", ["wide"], ["again"], to=number),
        ],
        [tensor("x", number, ["n"])],
        [tensor("same", number, ["n"]), tensor("wide", FLOAT, ["n"]), tensor("again", number, ["n"])],
    )


@pytest.mark.parametrize("name", SMALL_FLOATS)
def test_every_code_of_small_floats(make_case: Make, name: str) -> None:
    number, dtype = SMALL_FLOATS[name]
    bits = np.dtype(dtype).itemsize * 8
    codes = np.arange(2**bits).astype(f"uint{bits}").view(dtype)
    with np.errstate(invalid="ignore"):
        codes[np.isnan(codes)] = np.nan  # of the many codes of NaN one
    assert make_case(floats(number), {"x": codes}).check().code == 0


@pytest.mark.parametrize("name", SMALL_FLOATS)
def test_small_floats_are_rounded_as_by_numpy(make_case: Make, name: str) -> None:
    number, dtype = SMALL_FLOATS[name]
    largest = float(ml_dtypes.finfo(dtype).max)
    smallest = float(ml_dtypes.finfo(dtype).smallest_subnormal)
    numbers = np.random.default_rng(3).uniform(-largest, largest, 500)
    numbers = np.concatenate([numbers, numbers * smallest * 9 / largest, [0.1, largest, smallest / 2, smallest * 1.5]])
    expected = numbers.astype(np.float32).astype(dtype).astype(float)
    numbers = numbers.astype(np.float32).astype(float)  # numpy rounds these once
    case = make_case(floats(number), {"x": np.zeros(1, dtype)})
    got = case.on_inputs({"x": numbers.tolist()}).outputs["wide"]["data"]
    assert got == expected.tolist()
    beyond = case.on_inputs({"x": [largest * 2]})
    assert "input 'x' (" + name in beyond.error
    assert "element 0" in beyond.error
    assert "is out of range" in beyond.error


def test_initializers_that_are_inputs_may_be_given(make_case: Make) -> None:
    two = helper.make_tensor("two", FLOAT, [1], [2])
    model = build(
        [node("Mul", ["x", "two"], ["y"])],
        [tensor("x", FLOAT, [1]), tensor("two", FLOAT, [1])],
        [tensor("y", FLOAT, [1])],
        initializers=[two],
    )
    case = make_case(model, {"x": np.ones(1, np.float32)})
    assert case.on_inputs({"x": [3]}).outputs["y"]["data"] == [6]
    assert case.on_inputs({"x": [3], "two": [5]}).outputs["y"]["data"] == [15]


def test_nested_lists_of_every_kind(make_case: Make) -> None:
    case = make_case(CASES["maps-in"].model, CASES["maps-in"].feeds)
    outputs = case.on_inputs({"words": {"x": 1, "y": -2}, "ids": {"7": "Infinity"}}).outputs
    assert (outputs["a"]["data"], outputs["b"]["data"]) == ([1, -2], [0, "Infinity"])
    case = make_case(CASES["optionals-given"].model, CASES["optionals-given"].feeds)
    outputs = case.on_inputs({"a": [1, 2], "b": [[3, 4], [5]]}).outputs
    assert outputs["same a"]["value"]["data"] == [1, 2]
    assert [one["data"] for one in outputs["same b"]["value"]["elements"]] == [[3, 4], [5]]
    outputs = case.on_inputs({"a": None}).outputs
    assert (outputs["same a"]["value"], outputs["has b"]["data"]) == (None, [False])
    case = make_case(CASES["matrices"].model, CASES["matrices"].feeds)
    texts = {"string": [["a"], ["b"]], "int64": [[1], [str(2**63 - 1)]], "bool": [[True], [False]]}
    outputs = case.on_inputs({name: texts.get(name, [[1], [2]]) for name in TENSORS}).outputs
    assert outputs["same int64"] | {"name": ""} == {
        "name": "",
        "kind": "tensor",
        "dtype": "int64",
        "shape": [2, 1],
        "data": ["1", str(2**63 - 1)],
    }
