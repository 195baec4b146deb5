"""Values become JSON and the same values again; .npz files hold what numpy can."""

import io
import json
import math
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.model.golden.comparison import Expected, compare_output
from modelpress.model.golden.document import golden_json, value_document
from modelpress.model.golden.npz import npz
from modelpress.model.golden.tolerance import EXACT
from modelpress.model.golden.types import DTYPES, FLOATS, numpy_type, parse_runtime_type
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
INTEGER_LIMITS = {"int4": (-8, 7), "uint4": (0, 15)}


def elements(dtype: str) -> st.SearchStrategy[Any]:
    if dtype == "string":
        return st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
    if dtype == "bool":
        return st.booleans()
    if dtype in FLOATS:
        return st.floats(width=64)
    limits = np.iinfo(numpy_type(dtype))
    lowest, highest = INTEGER_LIMITS.get(dtype, (int(limits.min), int(limits.max)))
    return st.integers(lowest, highest)


def elements_of(data: list[Any], dtype: str) -> np.ndarray[Any, Any]:
    """What a reader in another language makes of the elements."""
    if dtype in FLOATS:
        numbers = [NOT_FINITE[one] if isinstance(one, str) else one for one in data]
        return np.array(numbers, np.float64).astype(numpy_type(dtype))
    return np.array([int(one) if dtype in {"int64", "uint64"} else one for one in data], numpy_type(dtype))


def read(document: dict[str, Any]) -> Any:
    if document["kind"] == "tensor":
        return elements_of(document["data"], document["dtype"]).reshape(document["shape"])
    if document["kind"] == "sequence":
        return [read(one) for one in document["elements"]]
    if document["kind"] == "map":
        keys, values = (
            elements_of(document[f"{part}s"], document[f"{part}_dtype"]).tolist() for part in ("key", "value")
        )
        return dict(zip(keys, values, strict=True))
    return None if document["value"] is None else read(document["value"])


@st.composite
def tensors(draw: st.DrawFn) -> Value:
    dtype = draw(st.sampled_from(sorted(DTYPES)))
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    size = math.prod(shape)
    drawn = draw(st.lists(elements(dtype), min_size=size, max_size=size))
    with np.errstate(over="ignore"):
        content = np.array(drawn, np.float64 if dtype in FLOATS else numpy_type(dtype)).astype(numpy_type(dtype))
    return Value(draw(st.text(max_size=3)), TypeSpec("tensor", dtype, shape), content.reshape(shape))


@given(tensors())
@settings(deadline=None, max_examples=200)
def test_tensors_come_back(value: Value) -> None:
    text = json.dumps(value_document(value), allow_nan=False)
    document = json.loads(text)
    assert document["name"] == value.name
    again = Value(value.name, value.type, read(document))
    assert again.content.dtype == value.content.dtype
    assert compare_output(again, Expected(value, EXACT)) is None
    assert value_document(again) == value_document(value)


@pytest.mark.parametrize(
    ("type_name", "content"),
    [
        ("seq(tensor(float))", [np.array([1.5], np.float32), np.zeros((0, 2), np.float32)]),
        ("seq(tensor(string))", [np.array(["é", ""], object)]),
        ("seq(map(int64,tensor(float)))", [{2**62: 0.5, -1: math.inf}]),
        ("map(string,tensor(double))", {"b": 1.0, "a": math.nan}),
        ("map(int64,tensor(string))", {3: "x"}),
        ("optional(tensor(int64))", np.array([2**63 - 1])),
        ("optional(tensor(int64))", None),
        ("optional(seq(tensor(bool)))", [np.ones((), bool)]),
    ],
)
def test_structures_come_back(type_name: str, content: Any) -> None:
    value = Value("x", parse_runtime_type(type_name), content)
    text = json.dumps(value_document(value), allow_nan=False)
    again = Value("x", value.type, read(json.loads(text)))
    assert value_document(again) == value_document(value)
    assert compare_output(again, Expected(value, EXACT)) is None


def test_the_form_of_every_kind() -> None:
    tensor = Value("x", TypeSpec("tensor", "float32", (2, 2)), np.array([[0.1, -0.0], [np.nan, -np.inf]], np.float32))
    assert value_document(tensor) == {
        "name": "x",
        "kind": "tensor",
        "dtype": "float32",
        "shape": [2, 2],
        "data": [0.10000000149011612, -0.0, "NaN", "-Infinity"],
    }
    big = Value("n", TypeSpec("tensor", "uint64", ()), np.array(2**64 - 1, np.uint64))
    assert value_document(big)["data"] == ["18446744073709551615"]
    maps = Value("m", parse_runtime_type("seq(map(int64,tensor(float)))"), [{5: 0.5}])
    assert value_document(maps)["elements"] == [
        {"kind": "map", "key_dtype": "int64", "value_dtype": "float32", "keys": ["5"], "values": [0.5]}
    ]


def test_the_document_has_a_line_for_each_value() -> None:
    text = golden_json({"format": 1, "note": "é"}, {"inputs": [{"name": "a"}, {"name": "b"}], "outputs": []}).decode()
    assert text.splitlines() == [
        "{",
        '  "format": 1,',
        '  "note": "é",',
        '  "inputs": [',
        '    {"name": "a"},',
        '    {"name": "b"}',
        "  ],",
        '  "outputs": []',
        "}",
    ]
    assert json.loads(text)["inputs"] == [{"name": "a"}, {"name": "b"}]


def npz_of(*values: Value) -> Any:
    return np.load(io.BytesIO(npz(values)), allow_pickle=False)


def test_npz_holds_tensors_by_any_name() -> None:
    def named(name: str, array: Any, dtype: str) -> Value:
        return Value(name, TypeSpec("tensor", dtype, None), array)

    with npz_of(
        named("file", np.array([1, 2]), "int64"),
        named("../x", np.array(3.5, np.float32), "float32"),
        named("s", np.array([["a", "bcd"]], object), "string"),
        named("b", np.array([1.5], ml_dtypes.bfloat16), "bfloat16"),
        named("e5m2", np.array([1.5], ml_dtypes.float8_e5m2), "float8e5m2"),
        named("empty", np.zeros((0, 3)), "float64"),
        named("nul\0", np.zeros(1), "float64"),
        Value("list", TypeSpec("sequence", element=TypeSpec("tensor", "float32")), []),
    ) as found:
        assert found.files == ["file", "../x", "s", "b", "e5m2", "empty"]
        assert found["../x"].shape == ()
        assert found["s"].tolist() == [["a", "bcd"]]
        assert found["b"].view(ml_dtypes.bfloat16).tolist() == [1.5]
        assert found["e5m2"].view(ml_dtypes.float8_e5m2).tolist() == [1.5]
        assert found["empty"].shape == (0, 3)


def test_npz_gives_the_same_bytes_again() -> None:
    value = Value("x", TypeSpec("tensor", "float32", (2,)), np.array([1, 2], np.float32))
    assert npz([value]) == npz([value])
    assert b"x.npy" in npz([value])


def test_types_of_the_runtime() -> None:
    nested = parse_runtime_type("optional(seq(tensor(double)))")
    assert (nested.kind, nested.element and nested.element.kind) == ("optional", "sequence")
    assert nested.element
    assert nested.element.element == TypeSpec("tensor", "float64")
    mapping = parse_runtime_type("map(int64,tensor(float))")
    assert (mapping.key, mapping.value) == ("int64", TypeSpec("tensor", "float32"))
    assert parse_runtime_type("opaque(x)").kind == "opaque"
