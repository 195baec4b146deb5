"""The JSON Schema of the render context, made from the annotations in `context`."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from modelpress.templating.context import RenderContext
from modelpress.templating.doc import Doc

SCALARS: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


@cache
def context_schema() -> dict[str, Any]:
    """The schema of what templates see: every variable with its type, meaning and an example."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "modelpress render context",
        **_object(RenderContext),
    }


def field_names() -> set[str]:
    """The names of all fields, at every depth."""
    return set(_names(context_schema()))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for child in node.values():
            yield from _names(child)
    elif isinstance(node, list):
        for child in node:
            yield from _names(child)


def _object(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    if dataclasses.is_dataclass(kind):
        hints = {field.name: hints[field.name] for field in dataclasses.fields(kind)}  # no class variables
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip(),
        "properties": {name: _documented(hint) for name, hint in hints.items()},
        "required": [name for name, hint in hints.items() if get_origin(hint) is not NotRequired],
        "additionalProperties": False,
    }


def _documented(hint: Any) -> dict[str, Any]:
    """The schema of one field. Its Doc gives the description, which says more than that of its type."""
    if get_origin(hint) is NotRequired:
        hint = get_args(hint)[0]
    if get_origin(hint) is not Annotated:
        return _type(hint)
    bare, *notes = get_args(hint)
    doc = next(note for note in notes if isinstance(note, Doc))
    schema = {**_type(bare), "description": doc.text}
    return schema if doc.example is None else {**schema, "examples": [doc.example]}


def _type(hint: Any) -> dict[str, Any]:
    if hint is Any:
        return {}
    if hint in SCALARS:
        return {"type": SCALARS[hint]}
    if is_typeddict(hint) or dataclasses.is_dataclass(hint):
        return _object(hint)
    arguments = get_args(hint)
    if get_origin(hint) is list:
        return {"type": "array", "items": _documented(arguments[0])}
    if get_origin(hint) is dict:
        return {"type": "object", "additionalProperties": _documented(arguments[1])}
    if get_origin(hint) in {Union, types.UnionType}:
        return {"anyOf": [_documented(argument) for argument in arguments]}
    raise TypeError(f"a context field has the type {hint}, which no schema is written for")
