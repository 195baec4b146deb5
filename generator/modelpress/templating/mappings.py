"""Values of the variable types `map` and `environment`: mappings of names to plain data."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from modelpress.config import json_text
from modelpress.config.problems import MalformedError, quoted
from modelpress.config.references import refuse_secret

LONGEST_KEY = 256  # characters; YAML readers take no more than 1024 before a colon, and Azure no more than 512
DEPTH_LIMIT = 32  # mappings and lists in each other; literal filters write 64
ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

EXPECTED = "expected a mapping, or the JSON text of one"


def mapping_of(given: object) -> dict[str, Any]:
    """A copy of the mapping, or of what its JSON text says.

    Raises ValueError for keys that are no text of 1 to LONGEST_KEY characters and for what is
    not plain data, infinite numbers included.
    """
    if isinstance(given, str):
        try:
            given = json_text.load(given)
        except MalformedError as error:
            raise ValueError(f"{EXPECTED}: {error}") from None
    if not isinstance(given, Mapping):
        raise ValueError(EXPECTED)  # noqa: TRY004 - the values of a set are refused by one type of error
    return _mapping(given, DEPTH_LIMIT)


def environment_of(given: object) -> dict[str, str]:
    """The same for environment variables: names to texts; numbers and truth values become text.

    Raises SecretLiteralError for a literal that looks like a secret.
    """
    return {name: _environment_text(name, value) for name, value in mapping_of(given).items()}


def _mapping(given: Mapping[Any, object], depth: int) -> dict[str, Any]:
    for key in given:
        if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
            raise ValueError(f"expected keys that are texts of 1 to {LONGEST_KEY} characters")
    return {str(key): _plain(value, depth - 1) for key, value in given.items()}


def _plain(value: object, depth: int) -> Any:
    if depth == 0:
        raise ValueError("it is nested too deeply")
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, list | tuple):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number in it is infinite or no number")
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(f"it holds a {type(value).__name__}, which is not plain data")


def _environment_text(name: str, value: object) -> str:
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise ValueError(f"{quoted(name)} is no name of an environment variable")
    if not isinstance(value, str | int | float):
        raise ValueError(f"{name}: expected a text")  # noqa: TRY004 - likewise
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        refuse_secret(name, text)
    except ValueError as error:
        raise type(error)(f"{name}: {error}") from None
    return text
