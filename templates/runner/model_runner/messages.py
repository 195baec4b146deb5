"""What is said to the user beside the result."""

from __future__ import annotations

import sys


class SampleError(Exception):
    """Something that the user can put right."""


def note(text: str) -> None:
    print(text, file=sys.stderr)


def printable(text: object) -> str:
    """Escape what a terminal would act upon: names in a model may hold anything."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text)
    )
