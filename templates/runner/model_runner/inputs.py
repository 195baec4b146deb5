"""Inputs from a file, converted to what the model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from model_runner.documents import AS_TEXT, NOT_FINITE, decode, elements, map_types
from model_runner.messages import InputError, SampleError, printable
from model_runner.settings import read_json
from model_runner.tensors import INT4_RANGES, Argument, family, numpy_type, split_type

# Kinds of numpy's types that the elements of each family may be given as.
SOURCES = {"bool": "b", "integer": "iu", "float": "fiu"}
LARGEST = 2**30  # bytes that a .npz file may unpack to
LARGEST_FLOATS = {
    dtype: float(np.finfo(dtype).max) for dtype in ("float16", "float32", "float64")
}
ADDED = 2  # numpy's number for types that another package adds
PYTHON_TYPES = {"bool": bool, "string": str, "integer": int, "float": float}


def read_inputs(path: Path, arguments: Mapping[str, Argument]) -> dict[str, Any]:
    """Values by input name, from a .npz file with arrays or a .json file.

    That has nested lists by name, or the inputs of golden.json in its own form.
    """
    readers = {".json": _read_json, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise SampleError(f"{path} is neither a .npz nor a .json file")
    try:
        return convert_inputs(readers[path.suffix.lower()](path), arguments)
    except SampleError as error:
        raise SampleError(f"{path}: {error}") from error


def _read_json(path: Path) -> dict[str, Any]:
    document = read_json(path)
    return typed_values(document) if is_typed(document) else document


def _read_npz(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return npz_values(file)
    except OSError as error:
        raise SampleError(f"cannot read it: {error.strerror}") from error


def is_typed(document: Mapping[str, Any]) -> bool:
    """Whether it is of golden.json's form, which says the type of each value."""
    return "format" in document and isinstance(document.get("inputs"), list)


def typed_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name from the inputs of a document of golden.json's form."""
    try:
        return {value["name"]: decode(value) for value in document["inputs"]}
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise SampleError(f"not inputs of golden.json's form: {error!r}") from error


def npz_values(file: IO[bytes]) -> dict[str, Any]:
    """The arrays of a .npz file by name, within a limit: small ones can unpack to much."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            size = sum(member.file_size for member in archive.zip.infolist())
            if size > LARGEST:
                raise SampleError(f"it unpacks to {size} bytes, more than {LARGEST}")
            return {name: archive[name] for name in archive.files}
    except SampleError:
        raise
    except Exception as error:  # zip, zlib and numpy have errors of their own
        raise SampleError(
            f"cannot be read as a .npz file: {printable(error)}"
        ) from error


def convert_inputs(
    values: Mapping[str, Any], arguments: Mapping[str, Argument]
) -> dict[str, Any]:
    """Values by input name as what the model takes. Raises InputError."""
    for name in values:
        if name not in arguments:
            known = ", ".join(map(str, arguments.values()))
            said = printable(repr(name))
            raise InputError(name, f"the model has no input {said}, but {known}")
    return {name: _convert_input(values[name], arguments[name]) for name in values}


def _convert_input(value: Any, argument: Argument) -> Any:
    try:
        result = convert(value, argument.type)
    except (TypeError, ValueError, OverflowError) as error:
        message = f"input {argument}: {printable(error)}"
        raise InputError(argument.name, message) from error
    if isinstance(result, np.ndarray) and isinstance(value, list) and not result.size:
        result = result.reshape(_below_empty(result.shape, argument.shape))
    if isinstance(result, np.ndarray) and not _fits(result.shape, argument.shape):
        message = f"input {argument}: got the shape {list(result.shape)}"
        raise InputError(argument.name, message)
    return result


def _below_empty(
    shape: Sequence[int], declared: Sequence[int | str | None] | None
) -> list[int]:
    """The whole shape of nested lists: an empty one does not tell what it would hold."""
    rest = (declared or ())[len(shape) :]
    return [*shape, *(size if isinstance(size, int) else 0 for size in rest)]


def _fits(shape: Sequence[int], declared: Sequence[int | str | None] | None) -> bool:
    if declared is None:
        return True
    return len(shape) == len(declared) and all(
        size == dimension or not isinstance(dimension, int)
        for size, dimension in zip(shape, declared, strict=True)
    )


def convert(value: Any, type_name: str) -> Any:
    """Turn an array, or what JSON can hold, into a value of a type of ONNX Runtime.

    Raises TypeError or ValueError where that would lose more than precision.
    """
    kind, inner = split_type(type_name)
    if kind == "tensor":
        return _convert_tensor(value, inner)
    if kind == "optional":
        return None if value is None else convert(value, inner)
    if kind == "seq" and isinstance(value, list | np.ndarray):
        return [convert(item, inner) for item in value]
    if kind == "map" and isinstance(value, dict):
        key_type, value_type = (PYTHON_TYPES[family(one)] for one in map_types(inner))
        return {key_type(key): value_type(item) for key, item in value.items()}
    raise TypeError(f"got {type(value).__name__}")


def _convert_tensor(value: Any, dtype: str) -> np.ndarray[Any, Any]:
    if dtype == "string":
        return _texts(value)
    array, target = np.asarray(value), numpy_type(dtype)
    if array.dtype.kind == "U" and isinstance(value, list):
        array = _numbers_in_text(value, array, dtype)
    if array.size == 0:  # an empty list has no type
        return np.zeros(array.shape, target)
    if (
        array.dtype.kind == "V"
        and target.isbuiltin == ADDED
        and array.itemsize == target.itemsize
    ):
        array = array.view(target)  # a .npz file keeps the bytes, not the type
    elif array.dtype.kind not in SOURCES[family(dtype)]:
        raise TypeError(f"got {array.dtype.name}")
    if _is_surely_in_range(array, dtype):
        return array.astype(target, order="C", copy=False)
    with np.errstate(all="ignore"):
        result = array.astype(target, order="C")
    if not _in_range(array, result, dtype):
        raise ValueError(f"it has values beyond the range of {dtype}")
    return result


def _texts(value: Any) -> np.ndarray[Any, Any]:
    """As objects: numpy's own arrays of text lose the NULs that a text ends in."""
    given = value if isinstance(value, np.ndarray) else np.array(value, object)
    array = given.astype(object)
    for item in array.ravel():
        if not isinstance(item, str):
            raise TypeError(f"got {np.asarray(item).dtype.name}")
    return array


def _numbers_in_text(
    value: list[Any], array: np.ndarray[Any, Any], dtype: str
) -> np.ndarray[Any, Any]:
    """JSON has text for numbers that it or its readers lack."""
    if dtype in AS_TEXT:
        return elements(array.ravel().tolist(), dtype).reshape(array.shape)
    return np.asarray(_numbers(value)) if family(dtype) == "float" else array


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return NOT_FINITE.get(value, value) if isinstance(value, str) else value


def _is_surely_in_range(array: np.ndarray[Any, Any], dtype: str) -> bool:
    """What is true of nearly all values, and quickly seen: every request is converted."""
    if dtype in LARGEST_FLOATS:
        largest = LARGEST_FLOATS[dtype]
        return bool(-largest <= array.min() and array.max() <= largest)
    return bool(array.dtype.name == dtype)


def _in_range(
    array: np.ndarray[Any, Any], result: np.ndarray[Any, Any], dtype: str
) -> bool:
    if family(dtype) == "integer":
        limits = np.iinfo(result.dtype)
        lowest, highest = INT4_RANGES.get(dtype, (limits.min, limits.max))
        return bool(lowest <= array.min() and array.max() <= highest)
    if family(dtype) == "float":
        return bool(np.isfinite(result[np.isfinite(array)]).all())
    return True
