"""Writes the answer to an inference request: JSON, with tensors in it or in binary after it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_runner.documents import NOT_FINITE
from model_runner.tensors import family
from v2_server.datatypes import Tensor
from v2_server.reading import LENGTH

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
            part = _as_binary(value, tensor.dtype)
            entry["parameters"] = {"binary_data_size": len(part)}
            parts.append(part)
        else:
            entry["data"] = _as_json(value, tensor.dtype)
        outputs.append(entry)
    document = {**head, "outputs": outputs}
    text = json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
    return Answer(b"".join([text, *parts]), len(text) if parts else None)


def _as_json(value: np.ndarray[Any, Any], dtype: str) -> list[Any]:
    """The elements in row-major order; NaN and infinities as text."""
    if family(dtype) != "float":
        return list(value.ravel().tolist())
    if dtype == "bfloat16":
        value = value.astype(np.float32)
    numbers: list[Any] = value.ravel().tolist()
    if not np.isfinite(value).all():
        numbers = [NAMES.get(repr(number), number) for number in numbers]
    return numbers


def _as_binary(value: np.ndarray[Any, Any], dtype: str) -> bytes:
    if dtype != "string":
        return value.tobytes()
    texts = [text.encode() for text in value.ravel().tolist()]
    return b"".join(LENGTH.pack(len(text)) + text for text in texts)
