"""A JSON or YAML file as data: small enough, well formed, and the same for every reader."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from modelpress.bundle import Entry
from modelpress.config.problems import MalformedError, quoted
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.filetree import TreePath, reading

SIZE_LIMIT = 256 << 20  # bytes; a footprint of 100,000 nodes has about 200 MB
CUT_SHORT = "The file is cut short; copy it again from where it was made."
CORRECT = "Correct it there, or copy the file again from where it was made."
FOREIGN = "No program that makes such files writes this; look at where it comes from."
POSITION_LIMIT = 4 << 20  # bytes; finding a line composes the whole text, so only where that is quick
DEPTH_LIMIT = 100
NOT_BRACKETS = re.compile(r"[^][{}]+")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


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
            from modelpress.config import yaml_nodes

            return yaml_nodes.load(text)
        return _parse_json(text)
    except UnicodeDecodeError:
        hint = _hint(content) or "Save it as UTF-8, or copy it again."
        raise ModelpressError(f"{where}: is not text", hint=hint, file=where) from None
    except MalformedError as error:
        place = ":".join(map(str, (where, *error.position)))
        line = ":".join(map(str, (where, *error.position[:1])))
        raise ModelpressError(f"{place}: {error}", hint=error.hint or _hint(content) or CORRECT, file=line) from None


def line_of(content: bytes, keys: tuple[str | int, ...]) -> int | None:
    """The line (from 1) where the value at `keys` stands, where it can be told."""
    from modelpress.config import yaml_nodes

    if len(content) > POSITION_LIMIT:
        return None
    try:
        found = yaml_nodes.position(content.decode(json.detect_encoding(content)), keys)
    except UnicodeDecodeError:
        return None
    return found[0] if found else None


def _parse_json(text: str) -> Any:
    _refuse_depth(text)
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        if SURROGATE.search(text):
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"not valid JSON: {error.msg}", (error.lineno, error.colno), _json_hint(text, error)
        ) from None
    except RecursionError:
        raise MalformedError("is nested too deeply", hint=FOREIGN) from None
    except UnicodeEncodeError:
        raise MalformedError("holds half of a surrogate pair, which is not text", hint=FOREIGN) from None
    except MalformedError:
        if len(text) <= POSITION_LIMIT:
            _locate_repeated_key(text)
        raise
    except ValueError:  # an integer of more digits than Python converts
        raise MalformedError("holds a number that is too long", hint=FOREIGN) from None
    return data


def _refuse_depth(text: str) -> None:
    """Refuse what is nested beyond any metadata: parsing would stand it, writing it out again would not."""
    outside_strings = "".join(text.replace(r"\\", "").replace(r"\"", "").split('"')[::2])
    brackets = NOT_BRACKETS.sub("", outside_strings)
    for _ in range(DEPTH_LIMIT):
        if not brackets:
            return
        brackets = brackets.replace("[]", "").replace("{}", "")  # takes the innermost level away
    if "[]" in brackets or "{}" in brackets or len(brackets) > DEPTH_LIMIT:
        raise MalformedError("is nested too deeply", hint=FOREIGN)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = sorted(name for name, _ in pairs)
        repeated = next(name for name, following in pairwise(names) if name == following)
        raise MalformedError(f"the key {quoted(repeated)} stands twice in one mapping", hint="Keep one of the two.")
    return found


def _locate_repeated_key(text: str) -> None:
    from modelpress.config import yaml_nodes

    yaml_nodes.load(text)  # raises the same with the line, unless the text is not YAML as well


def _json_hint(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "The file is empty; copy it again from where it was made."
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return CUT_SHORT
    return ""


def _hint(content: bytes) -> str:
    head = content[:200].lstrip().lower()
    if head.startswith(b"version https://git-lfs"):
        return "This is a Git LFS pointer: run `git lfs pull` to get the file itself."
    if head.startswith((b"<!doctype", b"<html")):
        return "This is a web page: the download went to a log-in or error page."
    return ""
