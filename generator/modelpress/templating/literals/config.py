"""Literals of configuration formats: JSON, YAML, TOML."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

from modelpress.templating.literals.notation import (
    MAX_DEPTH,
    InexpressibleError,
    Notation,
    integer,
    real,
    refusal,
    refuse_characters,
)

LAST_SHORT = 0xFFFF  # the last character that four hexadecimal digits can name
LONGEST_SIMPLE_KEY = 1000  # characters; a YAML reader gives up looking for the colon at 1024

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _double_quoted(text: str) -> str:
    """A double-quoted scalar that YAML and TOML read alike; what does not print is escaped."""
    refuse_characters(text, forbidden="")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= LAST_SHORT else f"\\U{code:08x}"


def _flow_sequence(items: Sequence[str]) -> str:
    return "[" + ", ".join(items) + "]"


def _flow_mapping(items: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{_yaml_key(key)}: {value}" for key, value in items) + "}"


def _yaml_key(key: str) -> str:
    return key if len(key) < LONGEST_SIMPLE_KEY else f"? {key}"


def _yaml_real(value: float) -> str:
    written = real(infinity=".inf", nan=".nan")(value)
    return re.sub(r"^(-?\d+)e", r"\1.0e", written)  # YAML 1.1 reads 1e-05 as text


def _inline_table(items: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key} = {value}" for key, value in items) + "}"


YAML = Notation(
    language="yaml",
    text=_double_quoted,
    integer=integer(),
    real=_yaml_real,
    null="null",
    sequence=_flow_sequence,
    mapping=_flow_mapping,
)
TOML = Notation(
    language="toml",
    text=_double_quoted,
    integer=integer(bits=64),
    real=real(infinity="inf", nan="nan"),
    sequence=_flow_sequence,
    mapping=_inline_table,
)


def write_json(value: object, indent: int | None = None) -> str:
    """The JSON text of plain data, on one line or indented by `indent` spaces.

    JSON has no infinities and no NaN: they become null. The output is ASCII.
    Raises ModelpressError for what is not plain data.
    """
    try:
        return json.dumps(_json_value(value, MAX_DEPTH), indent=indent, allow_nan=False)
    except ValueError as error:
        raise refusal("json", value, str(error)) from None


def _json_value(value: object, depth: int) -> object:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if depth == 0:
        raise InexpressibleError(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, list | tuple):
        return [_json_value(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_json_key(key): _json_value(item, depth - 1) for key, item in value.items()}
    raise InexpressibleError(f"it holds a {type(value).__name__}, which is not plain data")


def _json_key(key: object) -> str:
    if not isinstance(key, str):
        raise InexpressibleError("it has a key that is not text")
    return key
