"""Values as another program recorded them: what has the wrong type counts as absent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

LARGEST = 10**9  # beyond any priority


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The value where it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """The value where it is text that is not empty."""
    return value if isinstance(value, str) and value else None


def number(value: object) -> float | None:
    """The value where it is a number; one beyond the range of a float is infinite."""
    if type(value) is float:  # nearly always, and a long list has hundreds of thousands
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def whole(value: object, default: int) -> int:
    """The value where it is a whole number of reasonable size, else the default."""
    if type(value) is int:
        return value if abs(value) < LARGEST else default
    figure = number(value)
    return int(figure) if figure is not None and figure.is_integer() and abs(figure) < LARGEST else default


def kind_of(value: object) -> str:
    """What a JSON value is, for a message."""
    if value is None:
        return "nothing"
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "something else")
