"""Describes inference requests and answers in OpenAPI's terms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from v2_server.datatypes import Tensor

LONGEST = 256  # elements of a tensor in the example
BLANKS = {"BOOL": False, "BYTES": ""}


def infer_operation(
    inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]
) -> dict[str, Any]:
    """The body of an inference request, and its answer."""
    answer = _answer(outputs)
    body: dict[str, Any] = {"schema": _request(inputs, list(outputs))}
    example = example_request(inputs)
    if example:
        body["example"] = example
    error = {"type": "object", "properties": {"error": {"type": "string"}}}
    return {
        "requestBody": {
            "required": True,
            "description": "JSON; tensors may follow it in binary, as the protocol's "
            "extension for binary data says.",
            "content": {"application/json": body},
        },
        "responses": {
            "200": {
                "description": "The outputs.",
                "content": {"application/json": {"schema": answer}},
            },
            "4XX": {
                "description": "The request is wrong; the error names the field.",
                "content": {"application/json": {"schema": error}},
            },
        },
    }


def _request(inputs: Mapping[str, Tensor], outputs: list[str]) -> dict[str, Any]:
    parameters = {"type": "object", "additionalProperties": True}
    asked = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"enum": outputs}, "parameters": parameters},
    }
    return {
        "type": "object",
        "required": ["inputs"],
        "properties": {
            "id": {"type": "string"},
            "parameters": parameters,
            "inputs": {"type": "array", "items": _one_of(inputs)},
            "outputs": {"type": "array", "items": asked},
        },
    }


def _answer(outputs: Mapping[str, Tensor]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["model_name", "outputs"],
        "properties": {
            "model_name": {"type": "string"},
            "model_version": {"type": "string"},
            "id": {"type": "string"},
            "outputs": {"type": "array", "items": _one_of(outputs)},
        },
    }


def example_request(inputs: Mapping[str, Tensor]) -> dict[str, Any] | None:
    """A request of the smallest tensors that the model takes; None where it is long."""
    entries = []
    for tensor in inputs.values():
        shape = [1 if size < 0 else size for size in tensor.shape or []]
        count = math.prod(shape)
        if count > LONGEST:
            return None
        data = [BLANKS.get(tensor.datatype, 0)] * count
        entries.append({**tensor.metadata, "shape": shape, "data": data})
    return {"inputs": entries}


def _one_of(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    return {"oneOf": [_schema(tensor) for tensor in tensors.values()]}


def _schema(tensor: Tensor) -> dict[str, Any]:
    sizes = [
        {"type": "integer", "minimum": 0} if size < 0 else {"const": size}
        for size in tensor.shape or []
    ]
    shape: dict[str, Any] = {"type": "array", "items": {"type": "integer"}}
    if tensor.shape is not None:
        shape |= {"minItems": len(sizes), "maxItems": len(sizes)}
    if sizes:
        shape["prefixItems"] = sizes
    return {
        "type": "object",
        "required": ["name", "shape", "datatype"],
        "properties": {
            "name": {"const": tensor.name},
            "shape": shape,
            "datatype": {"const": tensor.datatype},
            "parameters": {
                "type": "object",
                "properties": {"binary_data_size": {"type": "integer"}},
            },
            "data": {"type": "array"},
        },
    }
