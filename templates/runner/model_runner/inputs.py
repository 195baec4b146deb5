"""Inputs from a file, converted to what the model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from model_runner.documents import decode, map_types
from model_runner.messages import SampleError, printable
from model_runner.settings import read_json
from model_runner.tensors import INT4_RANGES, Argument, family, numpy_type, split_type

# Kinds of numpy's types that the elements of each family may be given as.
SOURCES = {"bool": "b", "string": "UT", "integer": "iu", "float": "fiu"}
PYTHON_TYPES = {"bool": bool, "string": str, "integer": int, "float": float}


def read_inputs(path: Path, arguments: Mapping[str, Argument]) -> dict[str, Any]:
    """Values by input name, from a .npz file with arrays or a .json file.

    That has nested lists by name, or the inputs of golden.json in its own form.
    """
    readers = {".json": _read_json, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise SampleError(f"{path} is neither a .npz nor a .json file")
    values = readers[path.suffix.lower()](path)
    for name in values:
        if name not in arguments:
            known = ", ".join(map(str, arguments.values()))
            raise SampleError(f"{path}: the model has no input {name!r}, but {known}")
    return {name: _convert_input(values[name], arguments[name]) for name in values}


def _read_json(path: Path) -> dict[str, Any]:
    document = read_json(path)
    inputs = document.get("inputs")
    if "format" not in document or not isinstance(inputs, list):
        return document
    try:
        return {value["name"]: decode(value) for value in inputs}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SampleError(
            f"{path}: not inputs of golden.json's form: {error!r}"
        ) from error


def _read_npz(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # zip, zlib and numpy have errors of their own
        raise SampleError(f"cannot read {path} as a .npz file: {error}") from error


def _convert_input(value: Any, argument: Argument) -> Any:
    try:
        result = convert(value, argument.type)
    except (TypeError, ValueError) as error:
        raise SampleError(f"input {argument}: {printable(error)}") from error
    if isinstance(result, np.ndarray) and not _fits(result.shape, argument.shape):
        raise SampleError(f"input {argument}: got the shape {list(result.shape)}")
    return result


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
    array, target = np.asarray(value), numpy_type(dtype)
    if array.size == 0:  # an empty list has no type
        return np.zeros(array.shape, target)
    if array.dtype.kind == target.kind == "V" and array.itemsize == target.itemsize:
        array = array.view(target)  # a .npz file keeps the bytes, not the type
    elif array.dtype.kind not in SOURCES[family(dtype)]:
        raise TypeError(f"got {array.dtype.name}")
    with np.errstate(all="ignore"):
        result = array.astype(target, order="C")
    if not _in_range(array, result, dtype):
        raise ValueError(f"it has values beyond the range of {dtype}")
    return result


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
