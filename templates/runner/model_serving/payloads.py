"""What requests hold: values by input name, in one of three forms."""

from __future__ import annotations

import io
import json
from enum import Enum
from typing import Any

import orjson

from model_runner.inputs import is_typed, npz_values, typed_values
from model_runner.messages import SampleError

JSON = "application/json"
BINARY = "application/octet-stream"


class Form(Enum):
    """How values are written. An answer is of the form of its request."""

    PLAIN = "nested lists by name"
    TYPED = "the form of golden.json, with the type and shape of each value"
    NPZ = "the arrays of a .npz file"

    def of_answer(self, accept: str) -> Form:
        """The form that an Accept header asks for; arrays keep their types in JSON."""
        if self is Form.NPZ:
            return Form.TYPED if JSON in accept and BINARY not in accept else self
        return Form.NPZ if BINARY in accept and JSON not in accept else self


def read_payload(body: bytes, content_type: str) -> tuple[dict[str, Any], Form]:
    """Values by input name, and their form. Raises SampleError for anything else."""
    if content_type.partition(";")[0].strip().lower() == BINARY:
        return npz_values(io.BytesIO(body)), Form.NPZ
    return read_json_payload(body)


def read_json_payload(body: bytes) -> tuple[dict[str, Any], Form]:
    """The same from JSON: names at the top or below `inputs`, or golden.json's form."""
    document = _parse(body)
    if not isinstance(document, dict):
        raise SampleError("the body is no JSON object with values by input name")
    if is_typed(document):
        return typed_values(document), Form.TYPED
    below = document.get("inputs")
    if len(document) == 1 and isinstance(below, dict):
        return below, Form.PLAIN
    return document, Form.PLAIN


def _parse(body: bytes) -> Any:
    """With orjson, which is several times as fast; json knows NaN and UTF-16 as well."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SampleError(f"the body is not JSON: {error}") from error
