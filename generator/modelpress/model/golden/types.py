"""Types on their way to the child process and from ONNX Runtime, and numpy's types for ONNX's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from modelpress.model.description import describe_type
from modelpress.model.signature import TensorSpec, TypeSpec

if TYPE_CHECKING:
    import numpy as np

# Element types that numpy lacks, with their numbers in ONNX (TensorProto.DataType).
NOT_IN_NUMPY: Final = {
    "bfloat16": 16,
    "float8e4m3fn": 17,
    "float8e4m3fnuz": 18,
    "float8e5m2": 19,
    "float8e5m2fnuz": 20,
    "uint4": 21,
    "int4": 22,
}
INT4_RANGES: Final = {"int4": (-8, 7), "uint4": (0, 15)}
INTEGERS: Final = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (4, 8, 16, 32, 64))
FLOATS: Final = ("float16", "float32", "float64", *(name for name in NOT_IN_NUMPY if "float" in name))
DTYPES: Final = frozenset((*FLOATS, *INTEGERS, "bool", "string"))
"""The element types that ONNX Runtime runs, and golden vectors can hold."""

RUNTIME_NAMES: Final = {"float": "float32", "double": "float64"}

Family = Literal["float", "integer", "bool", "string"]
NEITHER: Final[Mapping[str, Family]] = {"bool": "bool", "string": "string"}


def family(dtype: str) -> Family:
    """What kind of values the element type has; `dtype` is one of DTYPES."""
    if dtype in NEITHER:
        return NEITHER[dtype]
    return "float" if dtype in FLOATS else "integer"


def numpy_type(dtype: str) -> np.dtype[Any]:
    """The type that holds such elements in numpy: int4 and uint4 take a byte each, strings are objects."""
    import numpy as np

    if dtype in INT4_RANGES:
        return np.dtype(dtype.replace("int4", "int8"))
    if dtype in NOT_IN_NUMPY:
        import ml_dtypes

        found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, dtype.replace("float8", "float8_")))
        return found
    return np.dtype(object if dtype == "string" else dtype)


def parse_runtime_type(text: str) -> TypeSpec:
    """The type that ONNX Runtime writes as `tensor(float)`, `seq(map(int64,tensor(float)))`, ... Shapes are unknown."""
    kind, _, inner = text.partition("(")
    inner = inner.removesuffix(")")
    if kind == "seq":
        return TypeSpec("sequence", element=parse_runtime_type(inner))
    if kind == "optional":
        return TypeSpec("optional", element=parse_runtime_type(inner))
    if kind == "map":
        key, _, value = inner.partition(",")
        return TypeSpec("map", key=RUNTIME_NAMES.get(key, key), value=parse_runtime_type(value))
    if kind in {"tensor", "sparse_tensor"}:
        return TypeSpec("tensor" if kind == "tensor" else "sparse_tensor", dtype=RUNTIME_NAMES.get(inner, inner))
    return TypeSpec("opaque")


def type_from_document(document: Mapping[str, Any]) -> TypeSpec:
    """The type that `spec_document` wrote."""
    element, value, shape = document.get("element"), document.get("value"), document["shape"]
    return TypeSpec(
        document["kind"],
        dtype=document["dtype"],
        shape=None if shape is None else tuple(shape),
        element=None if element is None else type_from_document(element),
        key=document.get("key"),
        value=None if value is None else type_from_document(value),
    )


def unsupported_dtype(spec: TypeSpec) -> str | None:
    """What in the type golden vectors cannot hold: an element type, or a kind; None where they hold all of it."""
    if spec.kind in {"sequence", "optional"} and spec.element is not None:
        return unsupported_dtype(spec.element)
    if spec.kind == "map" and spec.value is not None:
        return spec.key if spec.key not in DTYPES else unsupported_dtype(spec.value)
    if spec.kind != "tensor":
        return spec.kind
    return None if spec.dtype in DTYPES else str(spec.dtype)


def unsupported(specs: Iterable[TensorSpec]) -> Iterator[str]:
    """A sentence about each input or output of a type that ONNX Runtime does not run: which it is, and what it runs."""
    for spec in specs:
        unsaid = spec.type.kind == "tensor" and spec.type.dtype is None  # an output, whose type the runtime infers
        if not unsaid and (reason := unsupported_dtype(spec.type)):
            yield (
                f"{spec.name!r} ({describe_type(spec.type)}) is of {reason}, which ONNX Runtime does not run; "
                f"it runs {', '.join(sorted(DTYPES))}"
            )
