"""Values as JSON, of the form that golden.json has, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model_runner.tensors import Value, family, numpy_type, split_type

NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
AS_TEXT = ("int64", "uint64")  # JSON readers that keep all numbers as doubles cut these


def value_document(value: Value) -> dict[str, Any]:
    """The name, kind, element type, shape and elements of a value."""
    return {"name": value.name, **_encoded(value.value, value.type)}


def _encoded(value: Any, type_name: str) -> dict[str, Any]:
    kind, inner = split_type(type_name)
    if kind == "optional":
        held = None if value is None else _encoded(value, inner)
        return {"kind": "optional", "value": held}
    if kind == "seq":
        elements = [_encoded(item, inner) for item in value]
        return {"kind": "sequence", "elements": elements}
    if kind == "map":
        key_dtype, value_dtype = map_types(inner)
        return {
            "kind": "map",
            "key_dtype": key_dtype,
            "value_dtype": value_dtype,
            "keys": _encode(_array(list(value), key_dtype), key_dtype),
            "values": _encode(_array(list(value.values()), value_dtype), value_dtype),
        }
    shape, data = list(value.shape), _encode(value, inner)
    return {"kind": "tensor", "dtype": inner, "shape": shape, "data": data}


def map_types(inner: str) -> tuple[str, str]:
    """Element types of keys and values: those of `int64,tensor(float)`, say."""
    key, _, value = inner.partition(",")
    return split_type(f"tensor({key})")[1], split_type(value)[1]


def _array(items: Sequence[Any], dtype: str) -> np.ndarray[Any, Any]:
    return np.array(items, numpy_type(dtype)).reshape(len(items))


def _encode(array: np.ndarray[Any, Any], dtype: str) -> list[Any]:
    """The elements in row-major order, as JSON can hold them."""
    elements: list[Any]
    if family(dtype) != "float":
        elements = list(array.ravel().tolist())
        return [str(item) for item in elements] if dtype in AS_TEXT else elements
    numbers = array.astype(np.float64).ravel()
    elements = list(numbers.tolist())
    for index in np.flatnonzero(~np.isfinite(numbers)).tolist():
        number = elements[index]
        infinite = "Infinity" if number > 0 else "-Infinity"
        elements[index] = "NaN" if math.isnan(number) else infinite
    return elements


def decode(document: Mapping[str, Any]) -> Any:
    """An array, a list (sequence), a dictionary (map) or None (an empty optional).

    Raises KeyError, TypeError or ValueError for what is not of that form.
    """
    kind = document["kind"]
    if kind == "tensor":
        data, dtype = document["data"], document["dtype"]
        # As objects: numpy's own arrays of text lose the NULs that a text ends in.
        array = np.array(data, object) if dtype == "string" else elements(data, dtype)
        return array.reshape(document["shape"])
    if kind == "sequence":
        return [decode(item) for item in document["elements"]]
    if kind == "map":
        keys = elements(document["keys"], document["key_dtype"]).tolist()
        values = elements(document["values"], document["value_dtype"]).tolist()
        return dict(zip(keys, values, strict=True))
    if kind == "optional":
        return None if document["value"] is None else decode(document["value"])
    raise ValueError(f"there is no kind {kind!r}")


def elements(data: Sequence[Any], dtype: str) -> np.ndarray[Any, Any]:
    """The elements as numpy holds them; floats of every width as float64."""
    if family(dtype) == "float":
        numbers = [NOT_FINITE[x] if isinstance(x, str) else float(x) for x in data]
        return np.array(numbers, np.float64)
    if family(dtype) == "integer":
        return _array([int(item) for item in data], dtype)
    return np.array(data, str if family(dtype) == "string" else bool)
