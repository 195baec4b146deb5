"""What the sample says to people."""

from __future__ import annotations

import sys
import unicodedata

KEPT = "\n\t"


class SampleError(Exception):
    """Something went wrong that the reader can understand and act upon."""


def note(text: str) -> None:
    print(shown(text), file=sys.stderr, flush=True)


def shown(text: str) -> str:
    """The text without what a terminal would act upon: models say what they like."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) == "Cc" and character not in KEPT
        else character
        for character in text
    )
