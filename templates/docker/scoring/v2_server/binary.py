"""Tensors in the protocol's binary form: elements one after another, little-endian."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from model_runner.tensors import numpy_type
from v2_server.datatypes import Tensor

LENGTH = struct.Struct("<I")  # before each element of BYTES


def array_of(
    data: memoryview, tensor: Tensor, shape: list[int]
) -> np.ndarray[Any, Any]:
    """The array in binary data. All that ONNX Runtime runs on is little-endian."""
    count = math.prod(shape)
    if tensor.dtype == "string":
        texts = list(_counted_texts(data))
        if len(texts) != count:
            raise ValueError(
                f"shape is {shape}, and the data has {len(texts)} elements"
            )
        return np.array(texts, object)
    dtype = numpy_type(tensor.dtype)
    if len(data) != count * dtype.itemsize:
        raise ValueError(
            f"{shape} elements of {tensor.datatype} take {count * dtype.itemsize} "
            f"bytes, and binary_data_size is {len(data)}"
        )
    if tensor.dtype == "bool":
        return np.frombuffer(data, np.uint8).astype(np.bool_)
    return np.frombuffer(data, dtype)


def _counted_texts(data: memoryview) -> Iterator[str]:
    """The elements of BYTES: each has its length before it, and is UTF-8 here."""
    at = 0
    while at < len(data):
        start = at + LENGTH.size
        if start > len(data):
            raise ValueError("the binary data ends within the length of an element")
        (length,) = LENGTH.unpack(data[at:start])
        at = start + length
        if at > len(data):
            raise ValueError(f"an element has {length} bytes, more than are left")
        yield str(data[start:at], "utf-8")


def bytes_of(value: np.ndarray[Any, Any], dtype: str) -> bytes:
    if dtype != "string":
        return value.tobytes()
    texts = [text.encode() for text in value.ravel().tolist()]
    return b"".join(LENGTH.pack(len(text)) + text for text in texts)
