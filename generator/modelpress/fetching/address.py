"""Addresses that git may be given: nothing in them is an option, and nothing runs a program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from modelpress.errors import UnsafeInputError, UsageError

URL = re.compile(r"(?:(git|hg)\+)?([a-z][a-z0-9+.-]*)://.*", re.IGNORECASE | re.DOTALL)
HELPER = re.compile(r"[a-z0-9+.-]+::.*", re.IGNORECASE | re.DOTALL)  # git would run a program of that name
SCP_LIKE = re.compile(r"[^/\\:]+@[^/\\:]+:.*", re.DOTALL)
CREDENTIALS = re.compile(r"(?<!ssh)://[^/@\s]*@|://[^/@\s:]*:[^/@\s]*@")  # a name alone is none for ssh


def is_address(text: str) -> bool:
    """Whether git would take the text for the address of another computer, good or bad, and not for a path."""
    return any(form.fullmatch(text) for form in (URL, HELPER, SCP_LIKE))


def without_credentials(text: str) -> str:
    """The text with every password, and every user name that may be a token, taken out of the URLs in it."""
    return CREDENTIALS.sub("://", text)


def check_address(address: str, schemes: Sequence[str]) -> None:
    """Raise UnsafeInputError (exit 4) for what git must not be given, and UsageError for what names no computer.

    `schemes` are those that are allowed, in small letters; `user@computer:path` is ssh.
    """
    refuse_dash(address, "address")
    shown = without_credentials(address)
    found = URL.fullmatch(address)
    if not address.isprintable() or (found is None and not SCP_LIKE.fullmatch(address)):
        raise UnsafeInputError(f"{shown!r} is no address that git may be given", hint="Use https or ssh.")
    if found is None:
        user_and_host, _, path = address.partition(":")
        parts = [*user_and_host.split("@"), path]
    elif found[1] or found[2].lower() not in schemes:
        raise UnsafeInputError(
            f"{shown}: it would be fetched with git over {', '.join(schemes)}, and nothing else",
            hint="Anyone on the way could change what http and git:// bring; other schemes run programs.",
        )
    else:
        parts = _parts(address, shown)
    for part in parts:
        refuse_dash(part, "address")


def _parts(address: str, shown: str) -> list[str]:
    """The user, the computer and the path of a URL."""
    try:
        split = urlsplit(address)
        computer = split.hostname
    except ValueError:  # a bracket that is not closed
        computer = None
    if not computer and not address.lower().startswith("file:"):
        raise UsageError(f"{shown} names no computer", hint="Write it as https://COMPUTER/PATH.")
    return [split.username or "", computer or "", split.path.lstrip("/")]


def refuse_dash(text: str, what: str) -> None:
    """Git takes what begins with a dash for an option, and some of them run programs."""
    if text.startswith("-"):
        raise UnsafeInputError(f"the {what} {text!r} begins with a dash", hint="Git would take it for an option.")
