"""A JSON or YAML file as data: small enough, well formed, and the same for every reader."""

from __future__ import annotations

import json
from typing import Any

from modelpress.bundle import Entry
from modelpress.config import json_text, yaml_nodes
from modelpress.config.problems import Keys, MalformedError, at
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import TreePath, reading

SIZE_LIMIT = 256 << 20  # bytes; a footprint of 100,000 nodes has about 200 MB
CORRECT = "Correct it there, or copy the file again from where it was made."
FOREIGN = "No program that makes such files writes this; look at where it comes from."


def load(place: TreePath) -> Any:
    """The data of the JSON (or `.yaml`, `.yml`) file at `place`.

    Raises ModelpressError where it is missing, unreadable or malformed, with the line where
    that is known, and UnsafeInputError where it is larger than 256 MiB.
    """
    entry = place.entry
    if entry is None:
        raise ModelpressError(
            f"{place} is not a readable file", hint="Copy it again from where it was made.", file=str(place)
        )
    return parse(read_bytes(entry, str(place)), str(place))


def read_bytes(entry: Entry, where: str) -> bytes:
    """The whole content of a file that is meant to be small."""
    if entry.size > SIZE_LIMIT:
        raise UnsafeInputError(
            f"{where}: is larger than {SIZE_LIMIT >> 20} MiB",
            hint="No record of a run is that long; look at what it is.",
            file=where,
        )
    with reading(where), entry.open() as file:
        return file.read()


def parse(content: bytes, where: str) -> Any:
    """The data of a text that is JSON, or YAML where its name says so."""
    try:
        text = content.decode(json.detect_encoding(content))
        if where.lower().endswith((".yaml", ".yml")):
            return yaml_nodes.load(text)
        return json_text.load(text)
    except UnicodeDecodeError:
        hint = _hint(content) or "Save it as UTF-8, or copy it again."
        raise ModelpressError(f"{where}: is not text", hint=hint, file=where) from None
    except MalformedError as error:
        hint = error.hint or _hint(content) or (CORRECT if error.position else FOREIGN)
        file = at(where, error.position[:1])
        raise ModelpressError(f"{at(where, error.position)}: {error}", hint=hint, file=file) from None


def line_of(content: bytes, keys: Keys) -> int | None:
    """The line (from 1) where the value at `keys` stands, where it can be told."""
    if len(content) > json_text.POSITION_LIMIT:
        return None
    try:
        found = yaml_nodes.position(content.decode(json.detect_encoding(content)), keys)
    except UnicodeDecodeError:
        return None
    return found[0] if found else None


def _hint(content: bytes) -> str:
    head = content[:200].lstrip().lower()
    if head.startswith(b"version https://git-lfs"):
        return "This is a Git LFS pointer: run `git lfs pull` to get the file itself."
    if head.startswith((b"<!doctype", b"<html")):
        return "This is a web page: the download went to a log-in or error page."
    return ""
