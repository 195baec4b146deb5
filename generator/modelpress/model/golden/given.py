"""Inputs that the user gives in an .npz file, converted to what the model takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from modelpress.errors import UsageError
from modelpress.model.description import describe_type
from modelpress.model.golden.npz import ADDED
from modelpress.model.golden.types import INT4_RANGES, family, numpy_type, unsupported_dtype
from modelpress.model.golden.values import Value
from modelpress.model.signature import Dimension, TensorSpec, TypeSpec

if TYPE_CHECKING:
    import numpy as np

# Kinds of numpy's types that the elements of each family may be given as.
SOURCES: Final = {"bool": "b", "string": "UT", "integer": "iu", "float": "fiu"}
HINT: Final = "Make it with numpy.savez(path, **{input name: array, ...})."


def read_inputs(path: Path, specs: Sequence[TensorSpec]) -> list[Value]:
    """The inputs in the file, in the order of the model's.

    Raises UsageError for a file that is no .npz, and for a value that is not what the model
    takes: it names the input, what was given and what was expected.
    """
    arrays = _load(path)
    known = {spec.name: spec for spec in specs}
    for name in arrays:
        if name not in known:
            inputs = ", ".join(map(_describe, specs)) or "none"
            raise UsageError(f"{path}: the model has no input {name!r}", hint=f"Its inputs: {inputs}.", file=str(path))
    return [_convert_input(arrays[name], spec, path) for name, spec in known.items() if name in arrays]


def sizes_given(values: Iterable[Value]) -> dict[str, int]:
    """The sizes that given tensors have in named dimensions, which other inputs may share."""
    return {
        dimension: size
        for value in values
        if value.type.kind == "tensor"
        for dimension, size in zip(value.type.shape or (), value.content.shape, strict=False)
        if isinstance(dimension, str)
    }


def _load(path: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # noqa: BLE001  # zip, zlib and numpy have errors of their own, and hostile files find all
        raise UsageError(f"{path} cannot be read as an .npz file: {error}", hint=HINT, file=str(path)) from None


def _convert_input(array: np.ndarray[Any, Any], spec: TensorSpec, path: Path) -> Value:
    try:
        return Value(spec.name, spec.type, _convert(array, spec.type))
    except ValueError as error:
        raise UsageError(
            f"{path}: the input {_describe(spec)} cannot be {array.dtype.name}{list(array.shape)}: {error}",
            hint="Give every input the type and the shape that the model declares.",
            file=str(path),
        ) from None


def _describe(spec: TensorSpec) -> str:
    return f"{spec.name!r} ({describe_type(spec.type)})"


def _convert(array: np.ndarray[Any, Any], spec: TypeSpec) -> Any:
    if reason := unsupported_dtype(spec):
        raise ValueError(f"golden vectors cannot hold {reason}")
    if spec.kind == "optional" and spec.element is not None:
        return _convert(array, spec.element)
    if spec.kind == "sequence" and spec.element is not None and array.ndim:
        return [_convert(one, spec.element) for one in array]
    if spec.kind != "tensor":
        raise ValueError(f"an .npz file cannot hold a {spec.kind}")
    if not _fits(array.shape, spec.shape):
        raise ValueError("the shape does not fit")
    return _convert_elements(array, str(spec.dtype))


def _fits(shape: Sequence[int], declared: Sequence[Dimension] | None) -> bool:
    if declared is None:
        return True
    return len(shape) == len(declared) and all(
        size == dimension or not isinstance(dimension, int) for size, dimension in zip(shape, declared, strict=True)
    )


def _convert_elements(array: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    """Raises ValueError where more than precision would be lost."""
    import numpy as np

    target = numpy_type(dtype)
    if array.dtype.kind == "V" and target.isbuiltin == ADDED and array.itemsize == target.itemsize:
        array = array.view(target)  # an .npz file keeps the bytes, not the type
    elif array.dtype.kind not in SOURCES[family(dtype)]:
        raise ValueError(f"not {dtype}")
    with np.errstate(all="ignore"):
        result: np.ndarray[Any, Any] = array.astype(target, order="C")
    if not _in_range(array, result, dtype):
        raise ValueError(f"it has values beyond the range of {dtype}")
    return result


def _in_range(array: np.ndarray[Any, Any], result: np.ndarray[Any, Any], dtype: str) -> bool:
    import numpy as np

    if not array.size:
        return True
    if family(dtype) == "integer":
        limits = np.iinfo(result.dtype)
        lowest, highest = INT4_RANGES.get(dtype, (limits.min, limits.max))
        return bool(lowest <= array.min() and array.max() <= highest)
    if family(dtype) == "float":
        return bool(np.isfinite(result[np.isfinite(array)]).all())
    return True


def conflict(values: Iterable[Value], dims: Mapping[str, int]) -> str | None:
    """The first `--dim` that a given input contradicts, in words; None where there is none."""
    for value in values:
        if value.type.kind != "tensor":
            continue
        for axis, (dimension, size) in enumerate(zip(value.type.shape or (), value.content.shape, strict=False)):
            wanted = dims.get(f"{value.name}:{axis}", dims.get(dimension) if isinstance(dimension, str) else None)
            if wanted not in {None, size}:
                name = dimension or f"{value.name}:{axis}"
                return f"--dim gives {name} = {wanted}, and the input {value.name!r} has {size}"
    return None
