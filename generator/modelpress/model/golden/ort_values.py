"""Values on their way into a session of ONNX Runtime and out of it, for every element type.

Only the child process uses this: it imports onnxruntime.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from modelpress.model.golden.types import INT4_RANGES, NOT_IN_NUMPY, numpy_type, parse_runtime_type, unsupported_dtype
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime as ort


class UnreadableOutputError(Exception):
    """ONNX Runtime's Python package cannot return an output of this type."""


def run_session(session: ort.InferenceSession, inputs: Mapping[str, Value]) -> list[Value]:
    """All outputs of one session for the inputs of it that are among `inputs`.

    Tensors of numbers travel in OrtValues, which hold every element type; strings, sequences
    and maps have none in the Python package. Raises ONNX Runtime's errors as they are.
    """
    outputs = [(output.name, parse_runtime_type(output.type)) for output in session.get_outputs()]
    for name, spec in outputs:
        if reason := unsupported_dtype(spec):
            raise UnreadableOutputError(f"output {name!r} is of type {reason}, which golden vectors cannot hold")
    names = [argument.name for argument in session.get_inputs()]
    given = [inputs[name] for name in names if name in inputs and inputs[name].content is not None]
    feeds = {value.name: to_runtime(value) for value in given}
    if all(map(_is_number_tensor, (value.type for value in given))) and all(
        spec.kind == "tensor" for _, spec in outputs
    ):
        results = session.run_with_ort_values([name for name, _ in outputs], feeds)
        contents = [_from_runtime(one, spec) for one, (_, spec) in zip(results, outputs, strict=True)]
    else:
        contents = _run_plain(session, feeds, outputs)
    return [Value(name, spec, content) for (name, spec), content in zip(outputs, contents, strict=True)]


def _run_plain(
    session: ort.InferenceSession, feeds: Mapping[str, Any], outputs: Sequence[tuple[str, TypeSpec]]
) -> list[Any]:
    for name, spec in outputs:
        if _innermost(spec).dtype in NOT_IN_NUMPY:
            raise UnreadableOutputError(
                f"output {name!r} is of type {_innermost(spec).dtype}, which onnxruntime's Python package cannot "
                "return from a model that takes or returns strings, sequences or maps as well"
            )
    return list(session.run([name for name, _ in outputs], dict(feeds)))


def to_runtime(value: Value) -> Any:
    """What a session takes for the value."""
    import onnxruntime as ort

    dtype = value.type.dtype
    if not _is_number_tensor(value.type):
        return value.content
    if dtype not in NOT_IN_NUMPY:
        return ort.OrtValue.ortvalue_from_numpy(value.content)
    packed = _pack_int4(value.content) if dtype in INT4_RANGES else value.content
    result = ort.OrtValue.ortvalue_from_shape_and_type(list(value.content.shape), NOT_IN_NUMPY[dtype])
    ctypes.memmove(result.data_ptr(), packed.ctypes.data, packed.nbytes)
    return result


def _from_runtime(value: ort.OrtValue, spec: TypeSpec) -> Any:
    """The array in an OrtValue, by its address where numpy() does not know the type."""
    import numpy as np

    dtype = str(spec.dtype)
    if dtype not in NOT_IN_NUMPY:
        return value.numpy()
    shape = value.shape()
    size, target = math.prod(shape), numpy_type(dtype)
    if dtype in INT4_RANGES:
        return _unpack_int4(ctypes.string_at(value.data_ptr(), (size + 1) // 2), dtype)[:size].reshape(shape)
    return np.frombuffer(ctypes.string_at(value.data_ptr(), size * target.itemsize), target).reshape(shape)


def _is_number_tensor(spec: TypeSpec) -> bool:
    return spec.kind == "tensor" and spec.dtype != "string"


def _innermost(spec: TypeSpec) -> TypeSpec:
    while spec.element is not None:
        spec = spec.element
    return spec


def _pack_int4(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Two elements a byte, the first in the low half."""
    import numpy as np

    halves = array.ravel().astype(np.uint8) & 15
    halves = np.append(halves, np.zeros(halves.size % 2, np.uint8))
    packed: np.ndarray[Any, Any] = halves[0::2] | halves[1::2] << 4
    return packed


def _unpack_int4(packed: bytes, dtype: str) -> np.ndarray[Any, Any]:
    import numpy as np

    pairs = np.frombuffer(packed, np.uint8)
    halves = np.stack([pairs & 15, pairs >> 4], axis=-1).ravel().astype(np.int8)
    _, highest = INT4_RANGES[dtype]
    return np.where(halves > highest, halves - 16, halves).astype(numpy_type(dtype))
