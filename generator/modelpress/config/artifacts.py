"""What the artifacts of several packaging entries are called, so that none overwrites another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelpress.config.packages import Package


def artifact_names(packages: Sequence[Package]) -> tuple[str | None, ...]:
    """The file or folder that each package writes in the output folder; None for one that writes none.

    The second package of a name gets `-2`, and so on. Names that differ in case only are the
    same name, as they are on Windows and macOS.
    """
    wanted = [_stem_and_suffix(package) for package in packages]
    reserved = {_folded(stem + suffix) for stem, suffix in filter(None, wanted)}
    given: set[str] = set()
    return tuple(_free(*parts, reserved, given) if parts else None for parts in wanted)


def _stem_and_suffix(package: Package) -> tuple[str, str] | None:
    if package.type == "zipfile":
        return package.name, ".zip"
    if package.type == "dockerfile":
        return package.name, ""
    return None


def _free(stem: str, suffix: str, reserved: set[str], given: set[str]) -> str:
    name = stem + suffix
    if _folded(name) in given:
        numbered = (f"{stem}-{number}{suffix}" for number in count(2))
        name = next(name for name in numbered if _folded(name) not in reserved | given)
    given.add(_folded(name))
    return name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
