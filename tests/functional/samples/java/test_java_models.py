"""The Java sample on models of every kind: rendered, compiled, run, and compared with the golden outputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from modelpress.model.golden import Wishes

Make = Callable[..., Any]

tensor = helper.make_tensor_value_info
node = helper.make_node

FLOATS = {"f": TensorProto.FLOAT, "d": TensorProto.DOUBLE, "h": TensorProto.FLOAT16, "b": TensorProto.BFLOAT16}
OTHERS = {name: getattr(TensorProto, name.upper()) for name in ("int8", "int16", "int32", "int64", "uint8", "bool")}
HOSTILE = [
    'x"); System.exit(7); //',
    "line\nbreak \\u0022 \\",
    "*/ }} {% endfor %} ${project} <tag/>",
    "öäü € \u2028 \x07",
    "class",
]


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    *initializers: onnx.TensorProto,
    ir_version: int = 10,
    opset: int = 21,
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, ir_version=ir_version, opset_imports=opsets[: 1 if opset < 9 else 2])


def copies(types: dict[str, int], shape: Sequence[int | str]) -> onnx.ModelProto:
    """Each input returned as it is."""
    return model(
        [node("Identity", [name], [f"{name} out"]) for name in types],
        [tensor(name, number, shape) for name, number in types.items()],
        [tensor(f"{name} out", number, shape) for name, number in types.items()],
    )


def constants(**arrays: np.ndarray[Any, Any]) -> onnx.ModelProto:
    return model(
        [node("Constant", [], [name], value=numpy_helper.from_array(array)) for name, array in arrays.items()],
        [],
        [
            tensor(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape) if array.dtype != object else
            tensor(name, TensorProto.STRING, array.shape)
            for name, array in arrays.items()
        ],
    )  # fmt: skip


def sequence(name: str, number: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_sequence_value_info(name, number, None)


def maps(name: str, key: int) -> onnx.ValueInfoProto:
    held = helper.make_map_type_proto(key, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    return helper.make_value_info(name, helper.make_sequence_type_proto(held))


def optional(name: str, number: int) -> onnx.ValueInfoProto:
    return helper.make_value_info(name, helper.make_optional_type_proto(helper.make_tensor_type_proto(number, [2])))


def unsigned() -> onnx.ModelProto:
    arrays = {f"{dtype}_out": np.array([[0, np.iinfo(dtype).max]], dtype) for dtype in ("uint16", "uint32", "uint64")}
    return constants(**arrays, lowest=np.array([-(2**63), 2**63 - 1]), small=np.array([-128], np.int8))


def special_floats() -> onnx.ModelProto:
    values = [np.nan, np.inf, -np.inf, -0.0, 1e-45, 0.1]
    return constants(single=np.array(values, np.float32), double=np.array(values), half=np.array(values, np.float16))


def matmul() -> onnx.ModelProto:
    weights = numpy_helper.from_array(np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4), "w")
    return model(
        [node("MatMul", ["left", "w"], ["m"]), node("Add", ["m", "right"], ["s"]), node("Softmax", ["s"], ["y"])],
        [tensor("left", TensorProto.FLOAT, ["rows", 3]), tensor("right", TensorProto.FLOAT, ["rows", 4])],
        [tensor("y", TensorProto.FLOAT, ["rows", 4]), tensor("m", TensorProto.FLOAT, ["rows", 4])],
        weights,
    )


def texts() -> onnx.ModelProto:
    text = np.array([["é €", ""], ['"\\\n', "\u2028"]], object)
    joined = constants(text=text, one=np.array("scalar", object), none=np.zeros((2, 0), object))
    joined.graph.input.append(tensor("x", TensorProto.STRING, ["n"]))
    joined.graph.output.append(tensor("same", TensorProto.STRING, ["n"]))
    joined.graph.node.append(node("Identity", ["x"], ["same"]))
    return joined


def zipmap() -> onnx.ModelProto:
    return model(
        [
            node("ZipMap", ["x"], ["by text"], domain="ai.onnx.ml", classlabels_strings=["b", "ü\n", "a"]),
            node("ZipMap", ["x"], ["by number"], domain="ai.onnx.ml", classlabels_int64s=[5, -7, 2**62]),
            node("ArgMax", ["x"], ["label"], axis=1, keepdims=0),
        ],
        [tensor("x", TensorProto.FLOAT, ["n", 3])],
        [
            tensor("label", TensorProto.INT64, ["n"]),
            maps("by text", TensorProto.STRING),
            maps("by number", TensorProto.INT64),
        ],
    )


def sequences() -> onnx.ModelProto:
    types = {"f": TensorProto.FLOAT, "d": TensorProto.DOUBLE, "i": TensorProto.INT64, "s": TensorProto.STRING}
    return model(
        [
            *(node("SequenceConstruct", [name, name], [f"{name} list"]) for name in types),
            node("SequenceEmpty", [], ["empty"], dtype=TensorProto.FLOAT),
        ],
        [tensor(name, number, ["n"]) for name, number in types.items()],
        [*(sequence(f"{name} list", number) for name, number in types.items()), sequence("empty", TensorProto.FLOAT)],
    )


def optionals() -> onnx.ModelProto:
    return model(
        [
            node("OptionalHasElement", ["maybe"], ["has"]),
            node("Optional", ["x"], ["wrapped"]),
            node("Identity", ["x"], ["y"]),
        ],
        [optional("maybe", TensorProto.FLOAT), tensor("x", TensorProto.FLOAT, [2])],
        [
            tensor("has", TensorProto.BOOL, []),
            optional("wrapped", TensorProto.FLOAT),
            tensor("y", TensorProto.FLOAT, [2]),
        ],
    )


def hostile_names() -> onnx.ModelProto:
    return model(
        [node("Identity", [name], [f"{name}!"]) for name in HOSTILE],
        [tensor(name, TensorProto.FLOAT, [name, 2]) for name in HOSTILE],
        [tensor(f"{name}!", TensorProto.FLOAT, [name, 2]) for name in HOSTILE],
    )


def unstable() -> onnx.ModelProto:
    return model(
        [node("RandomNormal", [], ["noise"], shape=[3]), node("Identity", ["x"], ["y"])],
        [tensor("x", TensorProto.FLOAT, [1])],
        [tensor("noise", TensorProto.FLOAT, [3]), tensor("y", TensorProto.FLOAT, [1])],
    )


def edge(ir_version: int, opset: int) -> onnx.ModelProto:
    made = copies({"x": TensorProto.FLOAT}, [2])
    made.ir_version = ir_version
    made.opset_import[0].version = opset
    return made


MODELS: dict[str, Callable[[], onnx.ModelProto]] = {
    "floats": lambda: copies(FLOATS, ["n", 2]),
    "integers and truth": lambda: copies(OTHERS, [3]),
    "unsigned": unsigned,
    "special floats": special_floats,
    "scalars": lambda: copies(FLOATS | OTHERS, []),
    "zero-sized": lambda: copies(FLOATS | OTHERS, [0, 3]),
    "nine axes": lambda: copies({"x": TensorProto.FLOAT}, [1, 2, 1, 1, 1, 1, 1, 1, 2]),
    "two dynamic inputs": matmul,
    "texts": texts,
    "zipmap": zipmap,
    "sequences": sequences,
    "optionals": optionals,
    "hostile names": hostile_names,
    "unstable": unstable,
    "oldest": lambda: edge(3, 7),
    "newest": lambda: edge(13, 26),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_its_golden_outputs(java_project: Make, name: str) -> None:
    project = java_project(MODELS[name](), Wishes(dims={"n": 2} if name in ("floats", "zipmap") else {}))
    answer = project.call("--check")
    expected = {output["name"]: output for output in project.golden["outputs"]}
    assert list(answer.outputs) == list(expected)
    assert answer.stderr == f"check passed: {len(expected)} outputs\n"
    for output in expected.values():
        if output.pop("stable"):
            tolerance = output.pop("tolerance")
            assert_equal(answer.outputs[output["name"]], output, **tolerance)


def assert_equal(got: Any, expected: Any, *, absolute: float, relative: float) -> None:
    """The same in JSON, but for the rounding of numbers and the order of a map."""
    if isinstance(expected, dict):
        assert got.keys() == expected.keys()
        if expected.get("kind") == "map":
            got, expected = ({**one, **dict(zip(one["keys"], one["values"], strict=True))} for one in (got, expected))
            for one in (got, expected):
                del one["keys"], one["values"]
        for key in expected:
            assert_equal(got[key], expected[key], absolute=absolute, relative=relative)
    elif isinstance(expected, list):
        assert len(got) == len(expected)
        for pair in zip(got, expected, strict=True):
            assert_equal(*pair, absolute=absolute, relative=relative)
    elif type(expected) is float:
        assert math.isclose(got, expected, rel_tol=relative, abs_tol=absolute)
    else:
        assert (type(got), got) == (type(expected), expected)


def test_external_data(java_project: Make, tmp_path: Path) -> None:
    made = matmul()
    onnx.save(
        made, tmp_path / "model.onnx", save_as_external_data=True, size_threshold=0, location="weights.bin"
    )  # fmt: skip
    project = java_project(tmp_path)
    assert (project.root / "model" / "weights.bin").is_file()
    assert project.call("--check").stderr == "check passed: 2 outputs\n"


def test_what_the_java_api_cannot_read_is_left_out(java_project: Make) -> None:
    emoji = "laugh \U0001f600"
    made = model(
        [
            node("Identity", ["x"], ["y"]),
            node("Cast", ["x"], ["eight"], to=TensorProto.FLOAT8E4M3FN),
            node("Cast", ["x"], ["four"], to=TensorProto.INT4),
            node("Identity", ["x"], [emoji]),
        ],
        [tensor("x", TensorProto.FLOAT, [2])],
        [
            tensor("eight", TensorProto.FLOAT8E4M3FN, [2]),
            tensor("y", TensorProto.FLOAT, [2]),
            tensor("four", TensorProto.INT4, [2]),
            tensor(emoji, TensorProto.FLOAT, [2]),
        ],
    )
    project = java_project(made)
    answer = project.call("--check")
    assert list(answer.outputs) == ["y"]
    assert answer.stderr.splitlines() == [
        "left out output 'eight' (float8e4m3fn[2]): ONNX Runtime's Java API reads no tensors of float8e4m3fn",
        "left out output 'four' (int4[2]): ONNX Runtime's Java API reads no tensors of int4",
        (
            f"left out output '{emoji}' (float32[2]): "
            "ONNX Runtime's Java API damages names with U+0000 or a character beyond U+FFFF"
        ),
        "check passed: 1 outputs",
    ]
    readme = (project.folder / "README.md").read_text(encoding="utf-8")
    assert "- The output `four` is left out: " in readme
    assert "- The output `y`" not in readme


def test_sequences_that_the_java_api_cannot_read_are_left_out(java_project: Make) -> None:
    made = model(
        [node("SequenceConstruct", ["x"], ["xs"]), node("Identity", ["x"], ["y"])],
        [tensor("x", TensorProto.INT32, [2])],
        [sequence("xs", TensorProto.INT32), tensor("y", TensorProto.INT32, [2])],
    )
    answer = java_project(made).call("--check")
    assert list(answer.outputs) == ["y"]
    left_out, passed = answer.stderr.splitlines()
    assert left_out.startswith("left out output 'xs' (")
    assert left_out.endswith(": ONNX Runtime's Java API reads no sequences of int32")
    assert passed == "check passed: 1 outputs"


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (tensor("x", TensorProto.UINT16, [2]), "makes no tensors of uint16"),
        (tensor("x", TensorProto.INT4, [2]), "makes no tensors of int4"),
        (sequence("x", TensorProto.FLOAT), "feeds tensors only"),
    ],
    ids=["uint16", "int4", "sequence"],
)
def test_an_input_that_the_java_api_cannot_feed_is_said_so(
    java_project: Make, info: onnx.ValueInfoProto, reason: str
) -> None:
    output = onnx.ValueInfoProto()
    output.CopyFrom(info)
    output.name = "y"
    project = java_project(model([node("Identity", ["x"], ["y"])], [info], [output]), None)
    error = project.call().error
    assert "cannot run this model because of input 'x' (" in error
    assert f"ONNX Runtime's Java API {reason}" in error
    readme = (project.folder / "README.md").read_text(encoding="utf-8")
    assert "- The input `x` cannot be fed, so this sample cannot run the model: " in readme
    assert reason in readme


def test_a_model_that_is_too_new_is_said_so(render_java: Callable[..., Path]) -> None:
    def readme(ir_version: int, opset: int) -> str:
        folder = render_java(edge(ir_version, opset), None) / "samples" / "java"
        return (folder / "README.md").read_text(encoding="utf-8")

    assert "too new" not in readme(13, 26)
    assert "IR version 14 and opset 26" in readme(14, 26)
    assert "IR version 13 and opset 27" in readme(13, 27)
