"""Writes the files of a zip into a folder."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from modelpress.fetching.extent import Extent
from modelpress.filetree import ZipTree, reading


def unpack(archive: Path, target: Path, *, most: Extent | None = None) -> None:
    """Write the files of a zip below `target`, compiled Python left out.

    Raises UnsafeInputError for a zip that is made to do harm or holds more than `most`,
    ModelpressError for a broken one.
    """
    tree = ZipTree(archive)
    named = [(name, tree.entry(name)) for name in tree.names() if not name.endswith(".pyc")]
    entries = [(name, entry) for name, entry in named if entry is not None]
    if most is not None:
        most.check(str(archive), len(entries), sum(entry.size for _, entry in entries))
    for name, entry in entries:
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with reading(tree.describe(name)), entry.open() as source, place.open("xb") as file:
            shutil.copyfileobj(source, file)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file in hexadecimal. Raises ModelpressError where it cannot be read."""
    with reading(str(file)), file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
