"""The rule of every `--check`, and the tolerances that it goes by."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper

from modelpress.bundle import RenderedText
from modelpress.model.golden.comparison import Expected, compare_output
from modelpress.model.golden.tolerance import EXACT, Arithmetic, Tolerance, arithmetic_of, tolerance_of
from modelpress.model.golden.types import numpy_type, parse_runtime_type
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

NEAR = Tolerance(0.01, 0.1)


def tensor(content: Any, dtype: str = "float32") -> Value:
    return Value("y", TypeSpec("tensor", dtype, None), np.array(content, numpy_type(dtype)))


@pytest.mark.parametrize(
    ("got", "expected", "agrees"),
    [
        ([1.1], [1.0], True),
        ([1.12], [1.0], False),
        ([0.009], [0.0], True),
        ([math.nan], [math.nan], True),
        ([math.nan], [1.0], False),
        ([1.0], [math.nan], False),
        ([math.inf], [math.inf], True),
        ([-math.inf], [math.inf], False),
        ([1e30], [math.inf], False),
        ([math.inf], [1e30], False),
    ],
)
def test_floats_within_tolerance(got: list[float], expected: list[float], agrees: bool) -> None:  # noqa: FBT001  # pytest
    assert (compare_output(tensor(got), Expected(tensor(expected), NEAR)) is None) is agrees
    exact = compare_output(tensor(expected), Expected(tensor(expected), EXACT))
    assert exact is None


@pytest.mark.parametrize(
    ("got", "expected", "text"),
    [
        (tensor([[1, 2], [3, 9]]), tensor([[1, 2], [3, 4]]), "output 'y'[1, 1]: got 9.0, expected 4.0"),
        (tensor(1), tensor(2), "output 'y': got 1.0, expected 2.0"),
        (tensor([1, 2]), tensor([[1, 2]]), "output 'y': got shape [2], expected shape [1, 2]"),
        (tensor([1], "float64"), tensor([1]), "output 'y': got float64, expected float32"),
        (tensor(["a"], "string"), tensor(["b"], "string"), "output 'y'[0]: got 'a', expected 'b'"),
        (tensor([True], "bool"), tensor([False], "bool"), "output 'y'[0]: got True, expected False"),
    ],
)
def test_a_difference_says_where(got: Value, expected: Value, text: str) -> None:
    assert str(compare_output(got, Expected(expected, NEAR))) == text


@pytest.mark.parametrize(
    ("type_name", "got", "expected", "text"),
    [
        ("seq(tensor(float))", [np.zeros(1)], [np.zeros(1)] * 2, "got 1 elements, expected 2 elements"),
        ("seq(tensor(float))", [np.zeros(1), np.ones(1)], [np.zeros(1)] * 2, "'y'[1][0]: got 1.0"),
        ("map(string,tensor(float))", {"a": 1.0}, {"b": 1.0}, "got the keys ['a'], expected the keys ['b']"),
        ("map(string,tensor(float))", {"a": 1.0, "b": 2.0}, {"b": 3.0, "a": 1.0}, "'y'['b']: got 2.0, expected 3.0"),
        ("optional(tensor(float))", None, np.zeros(1), "got no value, expected a tensor"),
        ("optional(tensor(float))", np.ones(1), np.zeros(1), "'y'[0]: got 1.0, expected 0.0"),
    ],
)
def test_structures(type_name: str, got: Any, expected: Any, text: str) -> None:
    spec = parse_runtime_type(type_name)
    assert text in str(compare_output(Value("y", spec, got), Expected(Value("y", spec, expected), EXACT)))
    assert compare_output(Value("y", spec, expected), Expected(Value("y", spec, expected), EXACT)) is None


def test_an_unstable_output_has_its_shape_compared_only() -> None:
    expected = Expected(tensor([1, 2]), EXACT, stable=False)
    assert compare_output(tensor([7, 8]), expected) is None
    assert compare_output(tensor([7]), expected) is not None


def test_integers_of_any_size_are_exact() -> None:
    big = 2**63 - 1
    assert compare_output(tensor([big], "int64"), Expected(tensor([big], "int64"), EXACT)) is None
    assert compare_output(tensor([big - 1], "int64"), Expected(tensor([big], "int64"), EXACT)) is not None


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8e4m3fn", "float8e5m2", "float32", "float64"])
def test_the_tolerance_goes_with_the_magnitude(dtype: str) -> None:
    small, large = (tolerance_of(tensor([scale, math.nan, -math.inf], dtype), "full") for scale in (1, 16))
    assert large.absolute == pytest.approx(16 * small.absolute, rel=0.1)
    assert large.relative == small.relative > 0
    assert tolerance_of(tensor([0.0], dtype), "full").absolute == small.absolute


@pytest.mark.parametrize(
    ("dtype", "arithmetic", "expected"),
    [
        ("int64", "full", EXACT),
        ("int64", "quantized", EXACT),
        ("uint8", "full", EXACT),
        ("uint8", "quantized", Tolerance(1, 0)),
        ("bool", "quantized", EXACT),
        ("float32", "half", tolerance_of(tensor([2.0], "float16"), "full")),
    ],
)
def test_the_tolerance_goes_with_the_arithmetic(dtype: str, arithmetic: Arithmetic, expected: Tolerance) -> None:
    assert tolerance_of(tensor([2], dtype), arithmetic) == expected


def test_quantized_models_get_the_widest() -> None:
    widths = [tolerance_of(tensor([1.0]), arithmetic).absolute for arithmetic in ("full", "half", "quantized")]
    assert widths == sorted(set(widths))


def model_of(*nodes: Any, initializers: Any = (), dtype: int = TensorProto.FLOAT) -> ModelProto:
    infos = [helper.make_tensor_value_info(name, dtype, [4]) for name in "xy"]
    graph = helper.make_graph(list(nodes), "g", infos[:1], infos[1:], list(initializers))
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])


def node(kind: str, **attributes: Any) -> Any:
    return helper.make_node(kind, ["x"], ["y"], **attributes)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (model_of(node("Relu")), "full"),
        (model_of(node("QuantizeLinear")), "quantized"),
        (model_of(node("DynamicQuantizeLinear")), "quantized"),
        (model_of(node("QLinearMatMul")), "quantized"),
        (model_of(node("MatMulInteger")), "quantized"),
        (model_of(node("MatMulNBits", domain="com.microsoft")), "quantized"),
        (model_of(node("Relu"), dtype=TensorProto.FLOAT16), "half"),
        (model_of(node("Cast", to=TensorProto.BFLOAT16)), "half"),
        (model_of(node("Relu"), initializers=[helper.make_tensor("w", TensorProto.FLOAT16, [1], [1.0])]), "half"),
        (model_of(node("Relu"), initializers=[helper.make_tensor("w", TensorProto.INT8, [1], [1])]), "full"),
    ],
)
def test_the_arithmetic_is_read_from_the_graph(model: ModelProto, expected: str) -> None:
    assert arithmetic_of(RenderedText(model.SerializeToString()), "x.onnx") == expected


def test_a_quantized_model_of_olive() -> None:
    run = Path(__file__).parents[3] / "data" / "olive" / "0.13.0-search-zip"
    found = {
        arithmetic_of(RenderedText(path.read_bytes()), str(path)) for path in run.rglob("*.onnx") if path.stat().st_size
    }
    assert "quantized" in found
