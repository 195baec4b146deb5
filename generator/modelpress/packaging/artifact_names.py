"""What the files of several packaging entries are called, so that none overwrites another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import count
from pathlib import PurePath


def distinct_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """A file name for each of the wanted ones: the second of a name gets `-2` before its suffix, and so on.

    Names that differ in case only are the same name, as they are on Windows and macOS.
    """
    reserved = {_folded(name) for name in wanted}
    given: set[str] = set()
    return tuple(_free(name, reserved, given) for name in wanted)


def _free(wanted: str, reserved: set[str], given: set[str]) -> str:
    name = wanted
    if _folded(name) in given:
        path = PurePath(wanted)
        numbered = (f"{path.stem}-{number}{path.suffix}" for number in count(2))
        name = next(name for name in numbered if _folded(name) not in reserved | given)
    given.add(_folded(name))
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
