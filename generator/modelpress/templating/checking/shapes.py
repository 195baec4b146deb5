"""What is known of a value before rendering: a JSON Schema, and what can be reached from it.

Beside JSON Schema's own keys, `x-safe` marks text that may stand in any output, `x-pair` the
two parts of a dictionary's item, `x-call` what calling a value gives, and `x-needs` what a set
has to need for the value to be there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from modelpress.templating.schema import context_schema
from modelpress.templating.variables import Variable

Shape = Mapping[str, Any]

ANY: Shape = {}
SAFE: Shape = {"x-safe": True}
INTEGER: Shape = {"type": "integer"}
TEXT: Shape = {"type": "string"}
BOOLEAN: Shape = {"type": "boolean"}
MACRO: Shape = {"x-call": SAFE}
MODULE: Shape = {"type": "object", "additionalProperties": {"x-call": SAFE}}
RANGE: Shape = {"x-call": {"type": "array", "items": INTEGER}}
LOOP: Shape = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth", "depth0"), INTEGER),
        **dict.fromkeys(("first", "last"), BOOLEAN),
        **dict.fromkeys(("previtem", "nextitem", "cycle", "changed"), ANY),
    },
    "additionalProperties": False,
}
TYPES: Mapping[str, Shape] = {
    "str": TEXT,
    "choice": TEXT,
    "int": INTEGER,
    "float": {"type": "number"},
    "bool": BOOLEAN,
    "list[str]": {"type": "array", "items": TEXT},
    "map": {"type": "object", "additionalProperties": ANY},
    "environment": {"type": "object", "additionalProperties": TEXT},
}


def context_shapes(settings: Mapping[str, Mapping[str, Variable]], needs: Collection[str]) -> dict[str, Shape]:
    """The shapes of all template variables; `settings` holds the variables of the sets that are known.

    `needs` are those of the set.
    """
    shapes: dict[str, Shape] = dict(context_schema()["properties"])
    if "hash" not in needs:
        fields = shapes["model"]["properties"]
        hashed = {**fields, "sha256": {**fields["sha256"], "x-needs": "hash"}}
        shapes["model"] = {**shapes["model"], "properties": hashed}
    known = {name: _settings_shape(variables) for name, variables in settings.items()}
    return {**shapes, "settings": {"type": "object", "properties": known, "additionalProperties": ANY}}


def _settings_shape(variables: Mapping[str, Variable]) -> Shape:
    properties = {name: TYPES[variable.type] for name, variable in variables.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def variants(shape: Shape) -> list[Shape]:
    """The alternatives of a shape, null left out: a template has to test for it anyway."""
    alternatives = [one for part in shape.get("anyOf", ()) for one in variants(part)]
    return alternatives or ([] if shape.get("type") == "null" else [shape])


def union(shapes: Sequence[Shape]) -> Shape:
    """What is one of several shapes."""
    distinct = [shape for place, shape in enumerate(shapes) if shape not in shapes[:place]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def is_safe(shape: Shape) -> bool:
    """Whether a value may be written without a filter: it came out of one, or is a whole number."""
    found = variants(shape)
    return bool(found) and all(one.get("x-safe") or one.get("type") == "integer" for one in found)


def member(shape: Shape, name: str) -> Shape | None:
    """The shape of `value.name`, None where no value of this shape has it."""
    found = [_member(one, name) for one in variants(shape)] or [ANY]
    return None if None in found else union([one for one in found if one is not None])


def _member(shape: Shape, name: str) -> Shape | None:
    if shape.get("type") != "object":
        return ANY
    if name in shape.get("properties", {}):
        own: Shape = shape["properties"][name]
        return own
    if name in {"items", "keys", "values", "get"}:
        return {"x-call": _method(shape, name)}
    others = shape.get("additionalProperties", ANY)
    return None if others is False else others


def _method(shape: Shape, name: str) -> Shape:
    value = values(shape)
    if name == "get":
        return value
    item = {"items": {"x-pair": [TEXT, value]}, "keys": TEXT, "values": value}[name]
    return {"type": "array", "items": item}


def values(shape: Shape) -> Shape:
    """What a dictionary holds under its keys."""
    others = shape.get("additionalProperties", ANY)
    return ANY if others is False or "properties" in shape else others


def items(shape: Shape) -> Shape:
    """What iterating gives, or taking one element."""
    return union([_items(one) for one in variants(shape)] or [ANY])


def _items(shape: Shape) -> Shape:
    if shape.get("type") == "array":
        found: Shape = shape.get("items", ANY)
        return found
    return TEXT if shape.get("type") in {"object", "string"} else ANY


def result(shape: Shape) -> Shape:
    """What calling gives."""
    return union([one.get("x-call", ANY) for one in variants(shape)] or [ANY])


def parts(shape: Shape, count: int) -> list[Shape]:
    """What unpacking into `count` names gives."""
    pair = shape.get("x-pair")
    return list(pair) if pair and len(pair) == count else [ANY] * count
