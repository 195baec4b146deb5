"""Writes the answer to an inference request: JSON, with tensors in it or in binary after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from model_runner.documents import NOT_FINITE
from model_runner.tensors import family
from v2_server.binary import bytes_of
from v2_server.datatypes import Tensor

NAMES = {repr(number): text for text, number in NOT_FINITE.items()}


@dataclass(frozen=True)
class Answer:
    """A body, and how long its JSON is where binary data follows that."""

    body: bytes
    json_length: int | None


@dataclass(frozen=True)
class Result:
    """One output, to be written in binary or not."""

    tensor: Tensor
    value: np.ndarray[Any, Any]
    binary: bool


def write_answer(head: Mapping[str, Any], results: Sequence[Result]) -> Answer:
    outputs, parts = [], []
    for result in results:
        tensor, value = result.tensor, result.value
        entry: dict[str, Any] = {**tensor.metadata, "shape": list(value.shape)}
        if result.binary:
            part = bytes_of(value, tensor.dtype)
            entry["parameters"] = {"binary_data_size": len(part)}
            parts.append(part)
        else:
            entry["data"] = _as_json(value, tensor.dtype)
        outputs.append(entry)
    document = {**head, "outputs": outputs}
    text = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    return Answer(b"".join([text, *parts]), len(text) if parts else None)


def _as_json(value: np.ndarray[Any, Any], dtype: str) -> Any:
    """The elements in row-major order; NaN and infinities as text."""
    if dtype == "string":
        return list(value.ravel().tolist())
    if dtype == "bfloat16":
        value = value.astype(np.float32)
    if family(dtype) == "float" and not np.isfinite(value).all():
        return [NAMES.get(repr(number), number) for number in value.ravel().tolist()]
    return np.ascontiguousarray(value).reshape(-1)
