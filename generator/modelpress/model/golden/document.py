"""golden.json: values as JSON that every language reads."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from modelpress.model.golden.types import family, numpy_type
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

if TYPE_CHECKING:
    import numpy as np

FORMAT: Final = 1
AS_TEXT: Final = frozenset({"int64", "uint64"})  # JavaScript's numbers cannot hold them all


def golden_json(header: Mapping[str, Any], lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> bytes:
    """The document: the entries of `header` line by line, then lists of values with a line for each value."""
    parts = [f"  {_compact(name)}: {_compact(value)}" for name, value in header.items()]
    for name, values in lists.items():
        lines = ",\n".join(f"    {_compact(value)}" for value in values)
        parts.append(f"  {_compact(name)}: [\n{lines}\n  ]" if lines else f"  {_compact(name)}: []")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def value_document(value: Value) -> dict[str, Any]:
    """`{"name", "kind", ...}`: the form of inputs and outputs in golden.json."""
    return {"name": value.name, **_encoded(value.content, value.type)}


def _encoded(content: Any, spec: TypeSpec) -> dict[str, Any]:
    if spec.kind == "optional" and spec.element is not None:
        return {"kind": "optional", "value": None if content is None else _encoded(content, spec.element)}
    if spec.kind == "sequence" and spec.element is not None:
        return {"kind": "sequence", "elements": [_encoded(one, spec.element) for one in content]}
    if spec.kind == "map" and spec.value is not None:
        key_dtype, value_dtype = str(spec.key), str(spec.value.dtype)
        return {
            "kind": "map",
            "key_dtype": key_dtype,
            "value_dtype": value_dtype,
            "keys": _encode(_array(list(content), key_dtype), key_dtype),
            "values": _encode(_array(list(content.values()), value_dtype), value_dtype),
        }
    dtype = str(spec.dtype)
    return {"kind": "tensor", "dtype": dtype, "shape": list(content.shape), "data": _encode(content, dtype)}


def _array(items: Sequence[Any], dtype: str) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(items, numpy_type(dtype)).reshape(len(items))


def _encode(array: np.ndarray[Any, Any], dtype: str) -> list[Any]:
    """The elements in row-major order, as JSON can hold them."""
    import numpy as np

    elements: list[Any]
    if family(dtype) != "float":
        elements = array.ravel().tolist()
        return [str(element) for element in elements] if dtype in AS_TEXT | {"string"} else elements
    numbers = array.astype(np.float64).ravel()
    elements = list(numbers.tolist())
    for place in np.flatnonzero(~np.isfinite(numbers)).tolist():
        number = elements[place]
        elements[place] = "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return elements
