"""Wording that messages of all parts share: the name that was probably meant, and a few of many names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

LONGEST = 100  # characters of a word that is compared; what is longer is no misspelt name


def nearest(word: object, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known name that is closest to `word` in any case (`likeness` from 0 to 1), None where none is close."""
    spelled = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(str(word)[:LONGEST].casefold(), spelled, n=1, cutoff=likeness)
    return spelled[close[0]] if close else None


def enumerated(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are: `a, b, c and 4 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
