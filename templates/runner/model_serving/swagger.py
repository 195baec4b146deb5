"""What /swagger.json says of the service: its real inputs and outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema, output_schema

from model_runner.documents import map_types
from model_runner.tensors import Argument, Value, family, split_type
from model_serving.answers import outputs_json
from model_serving.service import Service

LONGEST = 10_000  # characters of an example: a longer one helps nobody
VERSIONS = ["2.0", "3.0", "3.1"]
FORMATS = {"float32": "float", "float64": "double"}

Schema = dict[str, Any]


def describe(run: Callable[..., Any], service: Service) -> None:
    """Tell the server what `run` takes and returns.

    inference-schema knows a function by its module and name, and takes its parameters for
    the names in the JSON. So it is told of a function of that name with the parameter
    `inputs`: were `run` itself decorated, the server would give it nothing but JSON.
    """

    def described(inputs: Any) -> None: ...

    described.__module__, described.__name__ = run.__module__, run.__name__
    required = [argument.name for argument in service.required]
    inputs = _object(service.arguments.values(), required)
    outputs = {
        "type": "object",
        "properties": {"outputs": _object(service.model.results())},
    }
    given, returned = _examples(service)
    input_schema("inputs", _parameter(inputs, given))(described)
    output_schema(_parameter(outputs, {"outputs": returned}))(described)


def _parameter(schema: Schema, example: Any) -> Any:
    """A parameter as inference-schema has them, but with a schema of its own."""
    parameter = StandardPythonParameterType(example)
    parameter.input_to_swagger = lambda: {**schema, "example": example}
    parameter.supported_versions = lambda: VERSIONS
    return parameter


def _object(arguments: Iterable[Argument], required: Iterable[str] = ()) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {a.name: _schema(a.type, a.shape, a.declared) for a in arguments},
    }
    return {**schema, "required": list(required)} if required else schema


def _schema(type_name: str, shape: Any, words: str) -> Schema:
    """The schema of a type of ONNX Runtime. `words` is the type as people say it."""
    kind, inner = split_type(type_name)
    if kind == "optional":
        return {**_schema(inner, shape, words), "x-nullable": True}
    if kind == "seq":
        held = _schema(inner, None, inner)
        return {"type": "array", "items": held, "description": words}
    if kind == "map":
        values = _element(map_types(inner)[1])
        return {"type": "object", "additionalProperties": values, "description": words}
    if shape is None:
        return {"description": words}
    schema = _element(inner)
    for size in reversed(shape):
        schema = {"type": "array", "items": schema}
        if isinstance(size, int):
            schema |= {"minItems": size, "maxItems": size}
    return {**schema, "description": words}


def _element(dtype: str) -> Schema:
    if family(dtype) == "float":
        return {"type": "number", "format": FORMATS.get(dtype, "float")}
    if family(dtype) == "integer":
        return {"type": "integer", "format": dtype}
    return {"type": {"bool": "boolean"}.get(dtype, dtype)}


def _examples(service: Service) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs as in JSON; nothing where none are known or they are large."""
    if service.sample is None:
        return {}, {}
    types = {name: argument.type for name, argument in service.arguments.items()}
    inputs = [Value(name, types[name], value) for name, value in service.sample.items()]
    outputs = service.model.run(service.sample)
    return _example(inputs), _example(outputs)


def _example(values: list[Value]) -> dict[str, Any]:
    text = outputs_json(values)
    if len(text) > LONGEST:
        return {}
    example: dict[str, Any] = json.loads(text)["outputs"]
    return example
