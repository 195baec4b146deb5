"""JSON as data: no repeated keys, nothing nested without end, text that can be written out again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from modelpress.config import yaml_nodes
from modelpress.config.problems import MalformedError, quoted

DEPTH_LIMIT = 100
POSITION_LIMIT = 4 << 20  # characters; finding a line composes the whole text, so only where that is quick
NOT_BRACKETS = re.compile(r"[^][{}]+")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def load(text: str) -> Any:
    """The data of a JSON document. Raises MalformedError, with line and column where they are known."""
    _refuse_depth(text)
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        if SURROGATE.search(text):
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise MalformedError(f"not valid JSON: {error.msg}", (error.lineno, error.colno), _hint(text, error)) from None
    except RecursionError:
        raise MalformedError("is nested too deeply") from None
    except UnicodeEncodeError:
        raise MalformedError("holds half of a surrogate pair, which is not text") from None
    except MalformedError as error:
        raise _located(error, text) from None
    except ValueError:  # an integer of more digits than Python converts
        raise MalformedError("holds a number that is too long") from None
    return data


def _refuse_depth(text: str) -> None:
    """Refuse what is nested beyond any real file: parsing would stand it, writing it out again would not."""
    outside_strings = "".join(text.replace(r"\\", "").replace(r"\"", "").split('"')[::2])
    brackets = NOT_BRACKETS.sub("", outside_strings)
    for _ in range(DEPTH_LIMIT):
        if not brackets:
            return
        brackets = brackets.replace("[]", "").replace("{}", "")  # takes the innermost level away
    if "[]" in brackets or "{}" in brackets or len(brackets) > DEPTH_LIMIT:
        raise MalformedError("is nested too deeply")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = _first_repeated(name for name, _ in pairs)
        raise MalformedError(f"the key {quoted(repeated)} stands twice in one mapping", hint="Keep one of the two.")
    return found


def _first_repeated(names: Iterable[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _located(error: MalformedError, text: str) -> MalformedError:
    """The same error with its line and column, which the JSON reader does not tell, where YAML finds it too."""
    try:
        if len(text) <= POSITION_LIMIT:
            yaml_nodes.load(text)
    except MalformedError as found:
        if str(found) == str(error):
            return found
    return error


def _hint(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "The file is empty; copy it again, or write {} where nothing is to be said."
    if text[error.pos : error.pos + 1] in {"/", "#"}:
        return "JSON has no comments: take them out, or save the file as .yaml with # comments."
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "The file is cut short; copy it again from where it was made."
    return ""
