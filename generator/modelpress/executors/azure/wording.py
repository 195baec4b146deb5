"""What Azure and its SDK say, made readable: unwrapped, without boilerplate and colours, without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelpress.executors.azure.redaction import redacted

LONGEST = 2000  # characters of a service's own text
LONGEST_READ = 100_000  # characters; the rest of a longer text is not looked at
DEEPEST = 8  # levels of errors in errors
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_BOILERPLATE = re.compile(
    r"\s*(?:Visit this link to refer to|The easiest way to author a|Resolutions:|For more (?:information|details?)\b"
    r"|To troubleshoot, visit|To mitigate this issue|If using the CLI, |RequestId:|ErrorCode:|Additional Information:"
    r"|Time:).*",
    re.DOTALL,
)
_TRANSPORT = (
    (re.compile("Read timed out|operation timed out|ReadTimeout"), "no answer within the time limit"),
    (re.compile("ConnectTimeout|timed out", re.IGNORECASE), "no connection within the time limit"),
    (
        re.compile("RemoteDisconnected|Connection aborted|Connection reset|Broken pipe|EOF occurred|IncompleteRead"),
        "the connection broke",
    ),
)
_SCHEMA = re.compile(r"Validation for \w+ failed:\s*(\{.*?\n\})", re.DOTALL)
_CREDENTIALS = re.compile(r"failed to retrieve a token from the included credentials")
_TRIED = re.compile(r"^\s*(\w+Credential): *(.*)$", re.MULTILINE)
_ABSENT = re.compile(
    r"unavailable|not found|not installed|not be found|not configured|requires the|no accounts", re.IGNORECASE
)


def cleaned(text: str) -> str:
    """The text without colours, boilerplate, secrets and blank lines."""
    text = _COLOURS.sub("", text[:LONGEST_READ])
    if found := _SCHEMA.search(text):
        text = "; ".join(_fields(json.loads(found.group(1)))) or text
    if _CREDENTIALS.search(text):
        text = _credentials(text)
    text = _BOILERPLATE.sub("", text)
    lines = (" ".join(line.split()) for line in redacted(text).splitlines())
    return "\n".join(filter(None, lines))[:LONGEST] or "no reason was given"


def transported(text: str) -> str:
    """What the network did, in words, where `text` tells it in those of a library."""
    return next((words for pattern, words in _TRANSPORT if pattern.search(text)), text)


def nested(value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Code and message of an error document and of all that is nested in it, outermost first.

    JSON inside a message is unwrapped too.
    """
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from nested(item, depth + 1)
    if not isinstance(value, Mapping):
        return
    message, code = value.get("message"), value.get("code")
    if isinstance(message, str):
        before, inner = _unwrapped(message)
        yield (code if isinstance(code, str) else "", before)
        yield from nested(inner, depth + 1)
    for name in ("error", "details", "innerError", "innererror"):
        yield from nested(value.get(name), depth + 1)


def _unwrapped(message: str) -> tuple[str, Any]:
    """A message, and the JSON that stands at its end, if any."""
    start = message.find("{")
    if start >= 0:
        try:
            return message[:start].strip().rstrip(":"), json.loads(message[start:])
        except (ValueError, RecursionError):
            pass
    return message.strip(), None


def _credentials(text: str) -> str:
    """Which credentials were tried; the reason of those that were there and were refused."""
    tried = _TRIED.findall(text)
    refused = [f"{name}: {reason}" for name, reason in tried if not _ABSENT.search(reason)]
    return "\n".join(["no Azure credential works; tried " + ", ".join(name for name, _ in tried), *refused])


def _fields(errors: Any, above: str = "") -> Iterator[str]:
    """`field: what is wrong`, from the SDK's map of fields to messages."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _fields(inner, f"{above}.{name}" if above else str(name))
    elif isinstance(errors, list):
        for inner in errors:
            yield from _fields(inner, above)
    else:
        yield f"{above}: {errors}"
