"""How a language writes plain data: what all literal filters have in common.

Plain data is str, int, float, bool, None, and lists (tuples too) and dictionaries of them.
A filter writes the whole literal, so that nothing in a value can end the literal early; what
a language cannot express is refused, never approximated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelpress.errors import ModelpressError

MAX_DEPTH = 64  # nested lists and dictionaries; Python's own parser gives up at 100 brackets


class InexpressibleError(ValueError):
    """A language has no literal for a value; the message says why, without the value."""


def refusal(language: str, value: object, reason: str) -> ModelpressError:
    """The error for a value that the filter `language` cannot write: its type, never the value."""
    return ModelpressError(
        f"the filter `{language}` cannot write this {type(value).__name__}: {reason}",
        hint=f"Convert the value, leave it out where it has no {language} form, or use another filter.",
    )


def real(*, infinity: str | None, nan: str | None) -> Callable[[float], str]:
    """A writer of floats: Python's shortest exact form, and a language's names for the special ones."""

    def write(value: float) -> str:
        if math.isfinite(value):
            return repr(float(value))
        name = nan if math.isnan(value) else infinity
        if name is None:
            raise InexpressibleError("it is infinite or not a number")
        return f"-{name}" if value < 0 else name

    return write


def integer(*, bits: int | None = None) -> Callable[[int], str]:
    """A writer of signed integers of at most `bits` bits."""

    def write(value: int) -> str:
        if bits is not None and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise InexpressibleError(f"it does not fit {bits} bits")
        try:
            return str(int(value))
        except ValueError:  # Python converts no more than some thousand digits
            raise InexpressibleError("it has too many digits") from None

    return write


@dataclass(frozen=True, slots=True)
class Notation:
    """The literals of one language. A part that is None is one that the language has no literal for."""

    language: str
    text: Callable[[str], str]
    integer: Callable[[int], str]
    real: Callable[[float], str]
    true: str = "true"
    false: str = "false"
    null: str | None = None
    sequence: Callable[[Sequence[str]], str] | None = None
    mapping: Callable[[Sequence[tuple[str, str]]], str] | None = None

    def write(self, value: object) -> str:
        """The literal of `value`. Raises ModelpressError where the language has none."""
        return self._write(value, MAX_DEPTH)

    def _write(self, value: object, depth: int) -> str:
        try:
            if isinstance(value, list | tuple):
                return self._sequence(value, depth)
            if isinstance(value, dict):
                return self._mapping(value, depth)
            return self._scalar(value)
        except InexpressibleError as error:
            raise refusal(self.language, value, str(error)) from None

    def _sequence(self, value: Sequence[object], depth: int) -> str:
        if self.sequence is None:
            raise InexpressibleError("it takes text, numbers and truth values only")
        return self.sequence([self._write(item, _deeper(depth)) for item in value])

    def _mapping(self, value: dict[object, object], depth: int) -> str:
        if self.mapping is None:
            raise InexpressibleError("it takes no dictionaries")
        return self.mapping([(self._key(key), self._write(item, _deeper(depth))) for key, item in value.items()])

    def _key(self, key: object) -> str:
        if not isinstance(key, str):
            raise InexpressibleError("it has a key that is not text")
        return self.text(str(key))

    def _scalar(self, value: object) -> str:
        if value is None:
            if self.null is None:
                raise InexpressibleError("there is no null")
            return self.null
        if isinstance(value, bool):
            return self.true if value else self.false
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, float):
            return self.real(value)
        if isinstance(value, str):
            return self.text(str(value))  # str(): a subclass with a repr of its own becomes plain text
        raise InexpressibleError("it is not plain data")


def _deeper(depth: int) -> int:
    if depth == 0:
        raise InexpressibleError(f"it is nested more than {MAX_DEPTH} deep")
    return depth - 1


def refuse_characters(text: str, *, forbidden: str = "\0") -> str:
    """`text` itself, unless it holds a forbidden character or is not valid Unicode."""
    for character in forbidden:
        if character in text:
            raise InexpressibleError(f"it holds the character U+{ord(character):04X}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InexpressibleError("it holds half of a surrogate pair") from None
    return text
