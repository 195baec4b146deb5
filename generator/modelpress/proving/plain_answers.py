"""Golden values as nested lists, and answers of nested lists or arrays as documents again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.golden_documents import Document, GoldenDocument

if TYPE_CHECKING:
    import numpy as np

WHOLE = ("int64", "uint64")  # golden.json has them as text
UNNAMED = ("string", "int4", "uint4")  # of which numpy has other names, U and int8


def plain(document: Document) -> Any:
    """A value of golden.json as nested lists, an object or null: what a request in JSON holds."""
    kind = document["kind"]
    if kind == "optional":
        return None if document["value"] is None else plain(document["value"])
    if kind == "sequence":
        return [plain(element) for element in document["elements"]]
    if kind == "map":
        values = numbers(document["values"], document["value_dtype"])
        return dict(zip(document["keys"], values, strict=True))
    return _nested(numbers(document["data"], document["dtype"]), document["shape"])


def documents(answer: Mapping[str, Any], golden: Sequence[Document]) -> list[Document]:
    """Nested lists by output name as documents of the kinds and types that the golden outputs have."""
    like = {output["name"]: output for output in golden}
    return [{"name": name, **(_like(value, like[name]) if name in like else {})} for name, value in answer.items()]


def golden_arrays(path: Path, golden: GoldenDocument) -> bytes | None:
    """inputs.npz, where it holds every golden input: it has no sequences, maps, and names that no zip can hold."""
    import numpy as np

    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            whole = {name for name in archive.files if archive[name] is not None}
    except ValueError:  # a type that numpy writes and cannot read
        return None
    return path.read_bytes() if whole == {document["name"] for document in golden.inputs} else None


def array_document(name: str, array: np.ndarray[Any, Any], golden: Document | None) -> Document:
    """An array of an .npz file as a document: of its own type, or the golden one where numpy has no name for that."""
    dtype = golden["dtype"] if golden is not None else ""
    if array.dtype.kind == "V":
        import ml_dtypes

        array = array.view(getattr(ml_dtypes, dtype.replace("float8", "float8_"))).astype("float32")
    elif dtype not in UNNAMED:
        dtype = array.dtype.name
    data = texts(array.ravel().tolist(), dtype)
    return {"name": name, "kind": "tensor", "dtype": dtype, "shape": list(array.shape), "data": data}


def _like(value: Any, golden: Document) -> Document:
    kind = golden["kind"]
    if kind == "optional":
        held = None if value is None or golden["value"] is None else _like(value, golden["value"])
        return {"kind": kind, "value": held if held or value is None else {"kind": "something"}}
    if kind == "sequence":
        first = golden["elements"][0] if golden["elements"] else None
        elements = [_like(item, first) if first else {"kind": "something"} for item in value]
        return {"kind": kind, "elements": elements}
    if kind == "map":
        types = {name: golden[name] for name in ("key_dtype", "value_dtype")}
        values = texts(list(value.values()), golden["value_dtype"])
        return {"kind": kind, **types, "keys": list(value), "values": values}
    data, shape = _flat(value, golden["shape"])
    return {"kind": kind, "dtype": golden["dtype"], "shape": shape, "data": texts(data, golden["dtype"])}


def _flat(value: Any, golden_shape: Sequence[int]) -> tuple[list[Any], list[int]]:
    """The elements of nested lists in row-major order, and their shape; below an empty list it is as expected."""
    shape: list[int] = []
    level = [value]
    while level and isinstance(level[0], list):
        shape.append(len(level[0]))
        level = [item for inner in level for item in inner]
    return level, shape + (list(golden_shape[len(shape) :]) if not level else [])


def _nested(data: list[Any], shape: Sequence[int]) -> Any:
    if not shape:
        return data[0]
    size = math.prod(shape[1:])
    return [_nested(data[place * size : (place + 1) * size], shape[1:]) for place in range(shape[0])]


def numbers(data: Sequence[Any], dtype: str) -> list[Any]:
    """Elements of golden.json as requests in JSON have them."""
    return [int(item) for item in data] if dtype in WHOLE else list(data)


def texts(data: Sequence[Any], dtype: str) -> list[Any]:
    """Elements as golden.json has them."""
    if dtype in WHOLE:
        return [str(item) for item in data]
    if "float" not in dtype:
        return list(data)
    return [item if isinstance(item, str) or math.isfinite(item) else _not_finite(item) for item in data]


def _not_finite(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
