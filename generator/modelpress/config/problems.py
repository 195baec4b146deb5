"""What is wrong with a configuration, in words that never repeat a value.

A value may be a secret, so a message holds the place, the rule and the allowed values only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.wording import nearest

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Keys = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists."""

RULE = "modelpress"
"""Error type of the rules that the models state in words of their own."""

SHOWN_PROBLEMS = 20  # of one file; a suggestion takes its time, so the others get none
LONGEST = 60  # characters of a key in a message

MAPPING = "must be a mapping of keys to values"

TEXTS: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "unknown key",
    "invalid_key": "a key must be text",
    "union_tag_not_found": "is required",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
}
"""What the models find, by pydantic's name for it."""

_WITH_CHOICES = {"literal_error": "expected", "union_tag_invalid": "expected_tags"}
_OF_THE_TYPE_KEY = {"union_tag_invalid", "union_tag_not_found"}


class MalformedError(ValueError):
    """Text that is not the JSON or YAML it should be; `position` is line and column, or empty."""

    def __init__(self, text: str, position: tuple[int, ...] = (), hint: str = "") -> None:
        super().__init__(text)
        self.position = position
        self.hint = hint


def at(file: object, position: Iterable[int]) -> str:
    """`file:line:column`, as far as the position is known."""
    return ":".join(map(str, (file, *position)))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it."""

    keys: Keys
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{dotted(self.keys)}: {self.text}" if self.keys else self.text

    @property
    def full_text(self) -> str:
        """The text and the hint."""
        return f"{self}. {self.hint}" if self.hint else str(self)


def quoted(word: object) -> str:
    """A key as it may stand in a message: bare where it is a plain word, else as ASCII JSON, cut short."""
    text = str(word)
    if len(text) > LONGEST:
        text = text[: LONGEST - 3] + "..."
    return text if re.fullmatch(r"[A-Za-z0-9_$][A-Za-z0-9_$-]*", text) else json.dumps(text)


def dotted(keys: Keys) -> str:
    """`("packages", 1, "name")` as `packages[1].name`."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{quoted(key)}"
    return text.removeprefix(".")


def suggestion(word: object, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """A question where a known word is close to `word` (`likeness` from 0 to 1), else an empty text."""
    meant = nearest(word, known, likeness=likeness)
    return f"Did you mean {meant}?" if meant else ""


def explain(error: ValidationError, data: object, allowed: Callable[[Keys], Iterable[str]]) -> list[Problem]:
    """The problems that the models found in `data`; `allowed` gives the keys that the models know at a place."""
    items = error.errors(include_url=False)
    found = [_problem(item, data, allowed) for item in items[:SHOWN_PROBLEMS]]
    return found + [_problem(item, data, _no_keys) for item in items[SHOWN_PROBLEMS:]]


def _no_keys(_: Keys) -> Iterable[str]:
    return ()


def _problem(item: ErrorDetails, data: object, allowed: Callable[[Keys], Iterable[str]]) -> Problem:
    kind, context = item["type"], item.get("ctx", {})
    keys = _place(item["loc"], data, added=kind == "missing")
    if kind in _OF_THE_TYPE_KEY:
        keys = (*keys, "type")
    if kind in _WITH_CHOICES:
        choices = re.findall(r"'([^']*)'", str(context[_WITH_CHOICES[kind]]))
        given = context.get("tag", item["input"])
        return Problem(keys, f"must be one of {', '.join(choices)}", suggestion(given, choices))
    if kind == "extra_forbidden":
        return Problem(keys, TEXTS[kind], suggestion(keys[-1], allowed(item["loc"])))
    if kind == RULE:
        return Problem(keys, item["msg"])
    if kind == "greater_than_equal":
        return Problem(keys, f"must be at least {context['ge']}")
    if kind == "too_long":
        return Problem(keys, f"must not have more than {context['max_length']} entries")
    return Problem(keys, TEXTS.get(kind, "is not valid"))


def _place(location: Keys, data: object, *, added: bool) -> Keys:
    """The keys of `location` that are in the data: the others name a branch of the models' own."""
    keys: list[str | int] = []
    for position, key in enumerate(location):
        inside = child(data, key)
        if inside is not None:
            keys.append(key)
            data = inside[0]
        elif added and position == len(location) - 1:
            keys.append(key)
    return tuple(keys)


def child(data: Any, key: str | int) -> tuple[Any] | None:
    """The value at `key` in a tuple, since it may be None itself."""
    if isinstance(data, str):
        return None
    try:
        return (data[key],)
    except (LookupError, TypeError):
        return None
