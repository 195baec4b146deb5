"""Element types, and tensors on their way to ONNX Runtime and back."""

from __future__ import annotations

import ctypes
import functools
import importlib
import math
import sys
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import onnxruntime as ort

from model_runner.messages import SampleError, printable

# Element types that numpy lacks, with their numbers in ONNX (TensorProto.DataType).
NOT_IN_NUMPY = {
    "bfloat16": 16,
    "float8e4m3fn": 17,
    "float8e4m3fnuz": 18,
    "float8e5m2": 19,
    "float8e5m2fnuz": 20,
    "uint4": 21,
    "int4": 22,
}
INT4_RANGES = {"int4": (-8, 7), "uint4": (0, 15)}


@dataclass(frozen=True)
class Argument:
    """Something that a model takes.

    `type` is as ONNX Runtime writes it: tensor(float), seq(tensor(float)), ... `shape`
    has sizes, names of free dimensions, and None for one without a name; it is None for
    an unknown rank.
    """

    name: str
    type: str
    shape: list[int | str | None] | None

    @property
    def declared(self) -> str:
        """The type in words: float32 [batch, 4]."""
        kind, dtype = split_type(self.type)
        if kind != "tensor":
            return printable(self.type)
        dimensions = ["..."] if self.shape is None else self.shape
        shape = ", ".join("?" if size is None else str(size) for size in dimensions)
        return printable(f"{dtype} [{shape}]")

    def __str__(self) -> str:
        return f"{printable(repr(self.name))} ({self.declared})"


class Value(NamedTuple):
    """A value with its name and type.

    It is an array, a list (sequence), a dictionary (map) or None (an empty optional).
    """

    name: str
    type: str
    value: Any


@functools.cache
def split_type(text: str) -> tuple[str, str]:
    """Take seq(tensor(float)) apart: seq and tensor(float), then tensor and float32."""
    kind, _, inner = text.partition("(")
    inner = inner.removesuffix(")")
    return kind, {"float": "float32", "double": "float64"}.get(inner, inner)


@functools.cache
def family(dtype: str) -> str:
    """bool, string, float or integer."""
    if dtype in ("bool", "string"):
        return dtype
    return "float" if "float" in dtype else "integer"


@functools.cache
def numpy_type(dtype: str) -> np.dtype[Any]:
    """The type that holds such elements here; 4-bit integers take a byte each."""
    if dtype in INT4_RANGES:
        return np.dtype(dtype.replace("int4", "int8"))
    if dtype in NOT_IN_NUMPY:
        name = dtype.replace("float8", "float8_")
        found: np.dtype[Any] = np.dtype(getattr(needed_package("ml_dtypes"), name))
        return found
    return np.dtype(object if dtype == "string" else dtype)


def needed_package(name: str) -> Any:
    """Import what only some models need."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SampleError(
            f"{error}; install it: {sys.executable} -m pip install {name}"
        ) from error


def to_ort(value: Any, type_name: str) -> Any:
    """What a session takes: OrtValues for tensors of numbers, all else as it is."""
    kind, dtype = split_type(type_name)
    if kind != "tensor" or dtype == "string":
        return value
    if dtype not in NOT_IN_NUMPY:
        return ort.OrtValue.ortvalue_from_numpy(value)
    packed = _pack_int4(value) if dtype in INT4_RANGES else value
    number = NOT_IN_NUMPY[dtype]
    result = ort.OrtValue.ortvalue_from_shape_and_type(list(value.shape), number)
    ctypes.memmove(result.data_ptr(), packed.ctypes.data, packed.nbytes)
    return result


def from_ort(value: ort.OrtValue, dtype: str) -> np.ndarray[Any, Any]:
    """The array in an OrtValue, by its address where numpy() does not know the type."""
    if dtype not in NOT_IN_NUMPY:
        array: np.ndarray[Any, Any] = value.numpy()
        return array
    shape = value.shape()
    size, target = math.prod(shape), numpy_type(dtype)
    if dtype in INT4_RANGES:
        packed = ctypes.string_at(value.data_ptr(), (size + 1) // 2)
        return _unpack_int4(packed, dtype)[:size].reshape(shape)
    data = ctypes.string_at(value.data_ptr(), size * target.itemsize)
    return np.frombuffer(data, target).reshape(shape)


def _pack_int4(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Two elements a byte, the first in the low half."""
    halves = array.ravel().astype(np.uint8) & 15
    halves = np.append(halves, np.zeros(halves.size % 2, np.uint8))
    return halves[0::2] | halves[1::2] << 4


def _unpack_int4(packed: bytes, dtype: str) -> np.ndarray[Any, Any]:
    pairs = np.frombuffer(packed, np.uint8)
    halves = np.stack([pairs & 15, pairs >> 4], axis=-1).ravel().astype(np.int8)
    _, highest = INT4_RANGES[dtype]
    return np.where(halves > highest, halves - 16, halves).astype(numpy_type(dtype))
