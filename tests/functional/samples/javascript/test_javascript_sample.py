"""The JavaScript sample in Node, on models of every kind of input and output, against what Python's runtime gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

Make = Callable[..., Any]

tensor = helper.make_tensor_value_info
node = helper.make_node
FLOAT = TensorProto.FLOAT
HOSTILE = ["__proto__", "constructor", 'x"); process.exit(0) //', "a\\b\n\u2028€😀", "</script>", "${x}`"]
PAIR = helper.make_tensor_type_proto(FLOAT, [2])


@dataclass(frozen=True)
class Case:
    """A model and inputs for it; `left_out` are outputs that JavaScript cannot read."""

    model: onnx.ModelProto
    feeds: Mapping[str, Any]
    left_out: Sequence[str] = ()


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
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, ir_version=ir_version, opset_imports=opsets)


def identity(feeds: Mapping[str, Any], shape: list[Any] | None) -> Case:
    """One Identity for each input, with an output of the name of the input's type."""
    numbers = {name: helper.np_dtype_to_tensor_dtype(feed.dtype) for name, feed in feeds.items()}
    return Case(
        build(
            [node("Identity", [name], [f"{name} out"]) for name in feeds],
            [tensor(name, number, shape) for name, number in numbers.items()],
            [tensor(f"{name} out", number, shape) for name, number in numbers.items()],
        ),
        feeds,
    )


def of_type(name: str, kind: onnx.TypeProto) -> onnx.ValueInfoProto:
    return helper.make_value_info(name, kind)


def edges(dtype: str) -> np.ndarray[Any, Any]:
    limits = np.iinfo(dtype)
    return np.array([limits.min, limits.max, 0, 1], dtype)


def cases() -> Iterator[tuple[str, Case]]:
    numbers = [0.1, -0.0, 6e-8, 65504, np.nan, np.inf, -np.inf, 1e-3]
    texts = np.array(["", "é€😀", 'a"b\\', "line\nline", "\u2028", "NaN", "null", "x" * 1000], object)
    yield "floats", identity({dtype: np.array(numbers, dtype) for dtype in ("float16", "float32", "float64")}, [8])
    yield "integers", identity({dtype: edges(dtype) for dtype in ("int8", "int16", "int32", "int64")}, [4])
    yield "unsigned", identity({dtype: edges(dtype) for dtype in ("uint8", "uint16", "uint32", "uint64")}, [4])
    yield "bool and text", identity({"bool": np.arange(8) % 3 == 0, "string": texts}, ["n"])
    scalars = {"float": np.float32(0.3), "int": np.int64(2**62), "half": np.float16(0.1), "truth": np.True_}
    yield "scalars", identity({name: np.array(value) for name, value in scalars.items()}, [])
    nothing = {"float": np.zeros((2, 0), np.float32), "text": np.zeros((2, 0), object)}
    yield "no elements", identity(nothing, ["n", 0])
    yield "unknown rank", identity({"x": np.ones((2, 1, 3), np.int16)}, None)
    yield "hostile names", identity({name: np.array([1, 2], np.float32) for name in HOSTILE}, [HOSTILE[2]])
    yield "two inputs", two_inputs()
    yield (
        "no inputs",
        Case(
            build([node("Constant", [], ["y"], value_ints=[3, 2**62])], [], [tensor("y", TensorProto.INT64, [2])]),
            {},
        ),
    )
    yield "old", old_model()
    yield (
        "new",
        Case(
            build(
                [node("Swish", ["x"], ["y"])], [tensor("x", FLOAT, [2])], [tensor("y", FLOAT, [2])], versions=(13, 24)
            ),
            {"x": np.array([1, -2], np.float32)},
        ),
    )
    yield "ZipMap", zip_map()
    yield (
        "sequence",
        Case(
            build(
                [node("SequenceConstruct", ["x", "x"], ["many"]), node("Neg", ["x"], ["y"])],
                [tensor("x", FLOAT, [2])],
                [of_type("many", helper.make_sequence_type_proto(PAIR)), tensor("y", FLOAT, [2])],
            ),
            {"x": np.array([1, 2], np.float32)},
            ["many"],
        ),
    )
    yield "optional", optionals()
    yield "four bits", four_bits()


def two_inputs() -> Case:
    generator = np.random.default_rng(0)
    return Case(
        build(
            [node("MatMul", ["a", "b"], ["c"]), node("Softmax", ["c"], ["d"])],
            [tensor("a", FLOAT, ["rows", 64]), tensor("b", FLOAT, [64, None])],
            [tensor("d", FLOAT, ["rows", None])],
        ),
        {name: generator.random(shape, np.float32) for name, shape in {"a": (3, 64), "b": (64, 5)}.items()},
    )


def old_model() -> Case:
    """Its initializer is an input as well, as was the rule then."""
    one = helper.make_tensor("one", FLOAT, [1], [1.0])
    return Case(
        build(
            [node("Add", ["x", "one"], ["y"])],
            [tensor("x", FLOAT, [2]), tensor("one", FLOAT, [1])],
            [tensor("y", FLOAT, [2])],
            initializers=[one],
            versions=(3, 7),
        ),
        {"x": np.array([1, 2], np.float32)},
    )


def zip_map() -> Case:
    scores = helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(FLOAT, []))
    return Case(
        build(
            [
                node("ZipMap", ["x"], ["scores"], domain="ai.onnx.ml", classlabels_int64s=[5, 6]),
                node("ArgMax", ["x"], ["label"], axis=1),
            ],
            [tensor("x", FLOAT, ["n", 2])],
            [of_type("scores", helper.make_sequence_type_proto(scores)), tensor("label", TensorProto.INT64, ["n", 1])],
        ),
        {"x": np.array([[0.2, 0.8]], np.float32)},
        ["scores"],
    )


def optionals() -> Case:
    optional = helper.make_optional_type_proto(PAIR)
    return Case(
        build(
            [
                node("OptionalGetElement", ["a"], ["held"]),
                node("Identity", ["a"], ["same"]),
                node("Optional", [], ["empty"], type=PAIR),
            ],
            [of_type("a", optional)],
            [of_type("same", optional), of_type("empty", optional), tensor("held", FLOAT, [2])],
        ),
        {"a": np.array([1, 2], np.float32)},
        ["same", "empty"],
    )


def four_bits() -> Case:
    return Case(
        build(
            [
                node("QuantizeLinear", ["x", "scale"], ["signed"], output_dtype=TensorProto.INT4),
                node("QuantizeLinear", ["x", "scale"], ["unsigned"], output_dtype=TensorProto.UINT4),
                node("DequantizeLinear", ["signed", "scale"], ["y"]),
            ],
            [tensor("x", FLOAT, [3])],
            [
                tensor("signed", TensorProto.INT4, [3]),
                tensor("unsigned", TensorProto.UINT4, [3]),
                tensor("y", FLOAT, [3]),
            ],
            initializers=[helper.make_tensor("scale", FLOAT, [], [0.5])],
        ),
        {"x": np.array([-1, 0.5, 9], np.float32)},
        ["signed", "unsigned"],
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases()])
def test_the_check_passes_and_the_outputs_are_those_of_python(make_program: Make, case: Case) -> None:
    program = make_program(case.model, case.feeds)
    outcome = program.call("--check")
    expected = [output for output in program.golden["outputs"] if output["name"] not in case.left_out]
    assert outcome.code == 0, outcome.stderr
    assert outcome.stderr.splitlines()[-1] == f"check passed: {len(expected)} outputs"
    assert outcome.stderr.count("left out the output") == len(case.left_out)
    for output, golden in zip(outcome.outputs, expected, strict=True):
        assert [output[key] for key in ("name", "kind", "dtype", "shape")] == [
            golden[key] for key in ("name", "kind", "dtype", "shape")
        ]
        if golden["dtype"] == "float32":
            np.testing.assert_allclose(
                np.array(output["data"], np.float64), np.array(golden["data"], np.float64), 1e-4, 1e-6
            )
        else:
            assert output["data"] == golden["data"]
    readme = (program.folder / "README.md").read_text(encoding="utf-8")
    assert readme.count("| left out |") == len(case.left_out)
