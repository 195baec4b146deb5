"""The C# sample on models of every kind of input and output, against what Python's runtime gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

Render = Callable[..., Any]

tensor = helper.make_tensor_value_info
node = helper.make_node
FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
HOSTILE = ['x"); System.Environment.Exit(3); //', "a\\b\n\u2028€😀", "{0} \\u0022 @$", "y */ /*"]
PAIR = helper.make_tensor_type_proto(FLOAT, [2])


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


def identity(numbers: Mapping[str, int], shape: list[Any] | None) -> onnx.ModelProto:
    """One Identity for each name."""
    return build(
        [node("Identity", [f"{name} in"], [name]) for name in numbers],
        [tensor(f"{name} in", number, shape) for name, number in numbers.items()],
        [tensor(name, number, shape) for name, number in numbers.items()],
    )


def numbers_of(*names: str) -> dict[str, int]:
    return {name: getattr(TensorProto, name) for name in names}


def add(first: str, second: str, total: str, shape: list[Any], versions: tuple[int, int] = (10, 21)) -> onnx.ModelProto:
    return build(
        [node("Add", [first, second], [total])],
        [tensor(first, FLOAT, shape), tensor(second, FLOAT, shape)],
        [tensor(total, FLOAT, shape)],
        versions=versions,
    )


def named(name: str, kind: onnx.TypeProto) -> onnx.ValueInfoProto:
    return helper.make_value_info(name, kind)


def zip_map(**labels: Any) -> onnx.ModelProto:
    """A classifier of scikit-learn's form: a label, and for each row a map of labels to scores."""
    key = STRING if "classlabels_strings" in labels else INT64
    scores = helper.make_map_type_proto(key, helper.make_tensor_type_proto(FLOAT, []))
    return build(
        [
            node("ArgMax", ["scores"], ["label"], axis=1, keepdims=0),
            node("ZipMap", ["scores"], ["rows"], domain="ai.onnx.ml", **labels),
        ],
        [tensor("scores", FLOAT, ["n", 3])],
        [tensor("label", INT64, ["n"]), named("rows", helper.make_sequence_type_proto(scores))],
    )


def map_inputs() -> onnx.ModelProto:
    value = helper.make_tensor_type_proto(FLOAT, [])
    return build(
        [
            node("DictVectorizer", ["words"], ["a"], domain="ai.onnx.ml", string_vocabulary=["x", "y"]),
            node("DictVectorizer", ["ids"], ["b"], domain="ai.onnx.ml", int64_vocabulary=[0, 7]),
        ],
        [
            named("words", helper.make_map_type_proto(STRING, value)),
            named("ids", helper.make_map_type_proto(INT64, value)),
        ],
        [tensor("a", FLOAT, None), tensor("b", FLOAT, None)],
    )


def sequences(number: int) -> onnx.ModelProto:
    kind = helper.make_sequence_type_proto(helper.make_tensor_type_proto(number, [2, 3]))
    return build(
        [node("SequenceInsert", ["many", "one"], ["more"])],
        [named("many", kind), tensor("one", number, [2, 3])],
        [named("more", kind)],
    )


def optionals() -> onnx.ModelProto:
    """An optional tensor that is handed on, and whether it was there."""
    kind = helper.make_optional_type_proto(PAIR)
    return build(
        [node("Identity", ["maybe"], ["same"]), node("OptionalHasElement", ["maybe"], ["there"])],
        [named("maybe", kind)],
        [named("same", kind), tensor("there", TensorProto.BOOL, [])],
    )


def cases() -> Iterator[tuple[str, onnx.ModelProto]]:
    yield "floats", identity(numbers_of("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"), [2, 3])
    yield "integers", identity(numbers_of("INT8", "INT16", "INT32", "INT64"), [4])
    yield "unsigned", identity(numbers_of("UINT8", "UINT16", "UINT32", "UINT64"), [4])
    yield "bool-and-text", identity(numbers_of("BOOL", "STRING"), [2, 2])
    yield "scalars", identity(numbers_of("FLOAT", "INT64", "BOOL", "STRING", "FLOAT16"), [])
    yield "no-elements", identity(numbers_of("FLOAT", "STRING", "INT8"), [2, 0])
    yield "free-dimensions", identity(numbers_of("FLOAT"), ["batch", None, 3])
    yield "unknown-rank", identity(numbers_of("FLOAT"), None)
    yield "two-inputs", add("a", "b", "sum", ["n", 4])
    yield "hostile-names", add(*HOSTILE[:3], [HOSTILE[3], 2])
    yield "no-inputs", build([node("Constant", [], ["c"], value_floats=[1.5, -2])], [], [tensor("c", FLOAT, [2])])
    yield "map-of-integers", zip_map(classlabels_int64s=[3, 1, 2])
    yield "map-of-strings", zip_map(classlabels_strings=["b", "a", 'c"é'])
    yield "map-inputs", map_inputs()
    yield "sequence", sequences(FLOAT)
    yield "sequence-of-text", sequences(STRING)
    yield "optional", optionals()
    yield "oldest-versions", add("a", "b", "sum", [2], (3, 7))
    yield "newest-versions", add("a", "b", "sum", [2], (13, 26))


CASES = dict(cases())


@pytest.mark.parametrize("name", CASES)
def test_golden_vectors_are_met(render: Render, name: str) -> None:
    program = render(CASES[name])
    outcome = program.call("--check")
    expected = {output["name"]: output for output in program.golden["outputs"] if output["kind"] != "optional"}
    assert f"check passed: {len(expected)} outputs" in outcome.stderr
    assert list(outcome.outputs) == list(expected)
    for output in expected.values():
        assert output == {**outcome.outputs[output["name"]], "tolerance": output["tolerance"], "stable": True}


def test_external_data(render_file: Render, tmp_path: Any) -> None:
    weights = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(2, 3), "w")
    model = build(
        [node("MatMul", ["x", "w"], ["y"])],
        [tensor("x", FLOAT, ["n", 2])],
        [tensor("y", FLOAT, ["n", 3])],
        initializers=[weights],
    )
    path = tmp_path / "made.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    program = render_file(path)
    assert (program.root / "model" / "weights.bin").is_file()
    assert program.on({"x": [[1, 0], [2, 1]]}).outputs["y"]["data"] == [0, 1, 2, 3, 6, 9]
    assert program.call("--check").code == 0


@pytest.fixture(scope="module")
def floats(render: Render) -> Any:
    return render(identity(numbers_of("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"), ["n"]), golden=False)


def test_special_floats(floats: Any) -> None:
    values = [0.1, -0.0, 6e-8, 65504, np.nan, np.inf, -np.inf, 1e-3]
    types = {"FLOAT": np.float32, "DOUBLE": np.float64, "FLOAT16": np.float16, "BFLOAT16": ml_dtypes.bfloat16}
    document = floats.golden_for({f"{name} in": np.array(values, dtype) for name, dtype in types.items()})
    outcome = floats.on(document, "--check")
    assert "check passed: 4 outputs" in outcome.stderr
    assert [output["data"] for output in outcome.outputs.values()] == [output["data"] for output in document["outputs"]]
    assert outcome.outputs["FLOAT"]["data"][4:7] == ["NaN", "Infinity", "-Infinity"]


def test_nested_lists_are_rounded_to_the_type(floats: Any) -> None:
    given = [0.1, 2049.0, 1.0, "NaN", "-Infinity"]
    types = {"FLOAT": np.float32, "DOUBLE": np.float64, "FLOAT16": np.float16, "BFLOAT16": ml_dtypes.bfloat16}
    outcome = floats.on({f"{name} in": given for name in types})
    for name, dtype in types.items():
        expected = [float(dtype(value)) for value in given[:3]]
        assert outcome.outputs[name]["data"] == [*expected, "NaN", "-Infinity"]


def test_extreme_integers(render: Render) -> None:
    names = ("INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64")
    program = render(identity(numbers_of(*names), ["n"]), golden=False)
    limits = {name: np.iinfo(name.lower()) for name in names}
    document = program.golden_for(
        {f"{name} in": np.array([limit.min, limit.max], name.lower()) for name, limit in limits.items()}
    )
    assert program.on(document, "--check").code == 0
    outputs = program.on({f"{name} in": [limit.min, limit.max] for name, limit in limits.items()}).outputs
    assert outputs["INT64"]["data"] == ["-9223372036854775808", "9223372036854775807"]
    assert outputs["UINT64"]["data"] == ["0", "18446744073709551615"]
    assert outputs["UINT32"]["data"] == [0, 4294967295]


def test_any_text(render: Render) -> None:
    program = render(identity(numbers_of("STRING"), ["n", 2]), golden=False)
    texts = [["", "é€😀"], ['a"b\\', "line\nline\u2028"], ["NaN", "nul\0 inside"], ["null", "x" * 1000]]
    outcome = program.on({"STRING in": texts})
    assert outcome.outputs["STRING"]["data"] == [text for row in texts for text in row]
    assert outcome.outputs["STRING"]["shape"] == [4, 2]


@pytest.mark.parametrize("inputs", [{"maybe": [1, 2]}, {"maybe": None}, {}], ids=str)
def test_an_optional_may_be_empty(program_of_optionals: Any, inputs: dict[str, Any]) -> None:
    outcome = program_of_optionals.on(inputs)
    assert list(outcome.outputs) == ["there"]
    assert outcome.outputs["there"]["data"] == [inputs.get("maybe") is not None]
    assert "left out: ONNX Runtime's C# API cannot read the output 'same' (optional of float32[2])" in outcome.stderr


@pytest.fixture(scope="module")
def program_of_optionals(render: Render) -> Any:
    program = render(optionals(), golden=False)
    assert "| `same` | `optional of float32[2]`, left out |" in (program.folder / "README.md").read_text(
        encoding="utf-8"
    )
    return program


def test_types_that_the_api_does_not_know(render: Render) -> None:
    model = build(
        [node("Cast", ["x"], ["small"], to=TensorProto.FLOAT8E4M3FN), node("Identity", ["x"], ["y"])],
        [tensor("x", FLOAT, [2])],
        [tensor("small", TensorProto.FLOAT8E4M3FN, [2]), tensor("y", FLOAT, [2])],
    )
    program = render(model)
    assert program.call("--check").error.startswith(
        "this program cannot run this model because ONNX Runtime's C# API loads none that has 'small'"
        " (float8e4m3fn[2]), only tensors of float32, "
    )
    assert "**This sample cannot run the model:**" in (program.folder / "README.md").read_text(encoding="utf-8")


def test_a_model_of_optionals_alone_has_nothing_to_read(render: Render) -> None:
    kind = helper.make_optional_type_proto(PAIR)
    program = render(build([node("Identity", ["maybe"], ["same"])], [named("maybe", kind)], [named("same", kind)]))
    message = "this program cannot run this model because ONNX Runtime's C# API reads none of its outputs\n"
    assert program.call("--check").error == message


def test_structures_as_nested_values(render: Render) -> None:
    program = render(map_inputs(), golden=False)
    outputs = program.on({"words": {"y": 2.5}, "ids": {"7": 1, "0": 3}}).outputs
    assert (outputs["a"]["data"], outputs["b"]["data"]) == ([0, 2.5], [3, 1])
    program = render(sequences(STRING), golden=False)
    one, two = [["a", "b", "c"], ["d", "e", "é"]], [["", "", ""], ["1", "2", "3"]]
    elements = program.on({"many": [one, two], "one": one}).outputs["more"]["elements"]
    assert [element["data"] for element in elements] == [[*each[0], *each[1]] for each in (one, two, one)]
    error = program.on({"many": [], "one": one}).error
    assert error == "input 'many' (sequence of string[2, 3]): ONNX Runtime's C# API makes no empty sequences\n"
