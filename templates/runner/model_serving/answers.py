"""What answers hold: outputs in the form that was asked for, or why there are none."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson

from model_runner.documents import value_document
from model_runner.messages import InputError, SampleError
from model_runner.tensors import NOT_IN_NUMPY, Argument, Value, family, split_type
from model_serving.payloads import BINARY, JSON, Form

BAD_REQUEST = 400


class Answer(NamedTuple):
    """The status, the body and its type."""

    status: int
    body: bytes
    content_type: str = JSON


def outputs_answer(outputs: Sequence[Value], form: Form) -> Answer:
    """The outputs. Raises SampleError where the form cannot hold them."""
    if form is Form.NPZ:
        return Answer(200, _npz(outputs), BINARY)
    return Answer(200, outputs_json(outputs, form))


def refusal(error: SampleError, arguments: Mapping[str, Argument]) -> Answer:
    """Why the request was not answered, with the input at fault and what it should be."""
    told: dict[str, str] = {"message": str(error)}
    if isinstance(error, InputError):
        told["field"] = error.name
        if error.name in arguments:
            told["expected"] = arguments[error.name].declared
    return Answer(BAD_REQUEST, _dumps(told))


def outputs_json(outputs: Sequence[Value], form: Form = Form.PLAIN) -> bytes:
    """{"outputs": {name: nested lists}}, or a list of documents as in golden.json."""
    if form is Form.TYPED:
        return _dumps({"outputs": [value_document(output) for output in outputs]})
    return _dumps(
        {"outputs": {one.name: plain(one.value, one.type) for one in outputs}}
    )


def plain(value: Any, type_name: str) -> Any:
    """A tensor as nested lists, a sequence as a list, a map as an object."""
    kind, inner = split_type(type_name)
    if kind == "tensor":
        return _nested(value, inner)
    if kind == "optional":
        return None if value is None else plain(value, inner)
    if kind == "seq":
        return [plain(item, inner) for item in value]
    return {str(key): _finite(item) for key, item in value.items()}


def _nested(array: np.ndarray[Any, Any], dtype: str) -> Any:
    if family(dtype) != "float":
        return array.tolist()
    if dtype in NOT_IN_NUMPY:
        array = array.astype(np.float32)
    return array.tolist() if np.isfinite(array).all() else _finite(array.tolist())


def _finite(value: Any) -> Any:
    """What JSON has no number for as text: NaN, Infinity, -Infinity."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _dumps(document: Any) -> bytes:
    """With orjson, which is ten times as fast; it refuses text that is not Unicode."""
    try:
        written: bytes = orjson.dumps(document)
    except orjson.JSONEncodeError:
        return json.dumps(document).encode()
    return written


def _npz(outputs: Sequence[Value]) -> bytes:
    """Not numpy.savez: its names are keyword arguments, and outputs may be called `file`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for output in outputs:
            if not output.type.startswith("tensor("):
                raise SampleError(
                    f"output {output.name!r} ({output.type}) is no array: ask for JSON "
                    f"with the header `Accept: {JSON}`"
                )
            info = zipfile.ZipInfo(f"{output.name}.npy")  # with a date that is fixed
            with archive.open(info, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, _storable(output), allow_pickle=False)
    return packed.getvalue()


def _storable(output: Value) -> np.ndarray[Any, Any]:
    """Text as numpy's own; types that numpy lacks keep their bytes."""
    dtype = split_type(output.type)[1]
    array: np.ndarray[Any, Any] = output.value
    if dtype == "string":
        return array.astype(str)
    if dtype in NOT_IN_NUMPY and family(dtype) == "float":
        return array.view(f"V{array.itemsize}")
    return array
