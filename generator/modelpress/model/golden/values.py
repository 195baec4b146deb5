"""A named value of a model, as arrays, lists and dictionaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelpress.model.signature import TypeSpec


@dataclass(frozen=True, slots=True)
class Value:
    """An input or an output with what it holds.

    `content` is an array (tensor; strings in an object array, int4 in bytes), a list of
    contents (sequence), a dictionary (map), or None (an optional without a value).
    """

    name: str
    type: TypeSpec
    content: Any


def element_count(content: Any) -> int:
    """How many elements a content holds at all depths."""
    if content is None:
        return 0
    if isinstance(content, list):
        return sum(map(element_count, content))
    return len(content) if isinstance(content, dict) else int(content.size)
