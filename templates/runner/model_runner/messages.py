"""What is said to the user beside the result."""

from __future__ import annotations

import sys


class SampleError(Exception):
    """Something that the user can put right."""


class InputError(SampleError):
    """An input that the model cannot take, or does not get; `name` is the input's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def note(text: str) -> None:
    print(text, file=sys.stderr)


def printable(text: object) -> str:
    """Escape what a terminal would act upon: names in a model may hold anything."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text)
    )
