"""golden.json: values as JSON that every language reads, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from modelpress.errors import ModelpressError
from modelpress.model.golden.types import DTYPES, family, numpy_type
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

if TYPE_CHECKING:
    import numpy as np

FORMAT: Final = 1
AS_TEXT: Final = frozenset({"int64", "uint64"})  # JavaScript's numbers cannot hold them all
NOT_FINITE: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
UNKNOWN: Final = TypeSpec("opaque")  # what an empty sequence that was read holds
SCALAR: Final[tuple[int, ...]] = ()


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
    held = spec.element or UNKNOWN
    if spec.kind == "optional":
        return {"kind": "optional", "value": None if content is None else _encoded(content, held)}
    if spec.kind == "sequence":
        return {"kind": "sequence", "elements": [_encoded(one, held) for one in content]}
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


def decode_value(document: Mapping[str, Any], where: str) -> Value:
    """The value that `value_document` wrote; `where` names the file in errors.

    Raises ModelpressError, naming the value, for what is not of that form.
    """
    name = document.get("name") if isinstance(document, Mapping) else None
    try:
        spec, content = _decoded(document)
        return Value(str(name), spec, content)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ModelpressError(
            f"{where}: {name!r} is not a value of golden.json's form: {error!r}", hint="Render the project again."
        ) from None


def _decoded(document: Mapping[str, Any]) -> tuple[TypeSpec, Any]:
    kind = document["kind"]
    if kind == "tensor":
        dtype, shape = document["dtype"], tuple(map(int, document["shape"]))
        return TypeSpec("tensor", dtype, (None,) * len(shape)), _decode(document["data"], dtype).reshape(shape)
    if kind == "sequence":
        pairs = [_decoded(one) for one in document["elements"]]
        return TypeSpec("sequence", element=pairs[0][0] if pairs else None), [content for _, content in pairs]
    if kind == "map":
        key_dtype, value_dtype = document["key_dtype"], document["value_dtype"]
        keys, values = (
            _decode(document["keys"], key_dtype).tolist(),
            _decode(document["values"], value_dtype).tolist(),
        )
        spec = TypeSpec("map", key=key_dtype, value=TypeSpec("tensor", value_dtype, SCALAR))
        return spec, dict(zip(keys, values, strict=True))
    if kind == "optional":
        held = document["value"]
        if held is None:
            return TypeSpec("optional"), None
        spec, content = _decoded(held)
        return TypeSpec("optional", element=spec), content
    raise ValueError(f"kind {kind!r}")


def _decode(data: Sequence[Any], dtype: str) -> np.ndarray[Any, Any]:
    import numpy as np

    if dtype not in DTYPES:
        raise ValueError(f"dtype {dtype!r}")
    if family(dtype) == "float":
        numbers = [NOT_FINITE[one] if isinstance(one, str) else float(one) for one in data]
        return np.array(numbers, np.float64).astype(numpy_type(dtype))
    return _array([int(one) for one in data] if family(dtype) == "integer" else list(data), dtype)
