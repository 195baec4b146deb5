"""What `--skeleton` names: a folder, a zip, or a git repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from modelpress.errors import UnsafeInputError, UsageError

Kind = Literal["built-in", "folder", "zip", "git"]
SCHEMES = ("https", "ssh", "file")
URL = re.compile(r"(?:(git|hg)\+)?([a-z][a-z0-9+.-]*)://.*", re.IGNORECASE | re.DOTALL)
HELPER = re.compile(r"[a-z0-9+.-]+::.*", re.IGNORECASE | re.DOTALL)  # git would run a program of that name
SCP_LIKE = re.compile(r"[^/\\:]+@[^/\\:]+:.*", re.DOTALL)
CREDENTIALS = re.compile(r"(?<!ssh)://[^/@\s]*@|://[^/@\s:]*:[^/@\s]*@")  # a name alone is none for ssh


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a skeleton comes from.

    `text` is what the user said, `location` what that means: a path, or a URL as git takes it.
    `checkout` is a branch, tag or commit; `directory` the folder in it that holds
    cookiecutter.json.
    """

    kind: Kind
    location: str
    text: str
    checkout: str | None = None
    directory: str | None = None

    @property
    def shown(self) -> str:
        """What the user said, as it may be printed and written to files."""
        return without_credentials(self.text)


def parse_reference(
    text: str, abbreviations: Mapping[str, str], checkout: str | None = None, directory: str | None = None
) -> Reference:
    """What `text` means; `abbreviations` are cookiecutter's, such as `gh` for a URL with `{0}` in it.

    Raises UnsafeInputError (exit 4) for what git must not be given, and UsageError for what is
    no skeleton or does not go together.
    """
    _refuse_dash(text, "skeleton")
    location = _expand(text, abbreviations)
    _refuse_dash(location, "skeleton")
    kind = _kind(location)
    if checkout is not None:
        _refuse_dash(checkout, "checkout")
        if kind != "git":
            raise UsageError(
                f"--checkout goes with a git URL, and {location} is a {kind}",
                hint="Leave it out, or give the repository as file:///PATH.",
            )
    if kind == "git":
        location = location.removeprefix("git+")
        _check_url(location)
    return Reference(kind, location, text, checkout, _inside(directory))


def without_credentials(text: str) -> str:
    """The text with every password, and every user name that may be a token, taken out of the URLs in it."""
    return CREDENTIALS.sub("://", text)


def _expand(text: str, abbreviations: Mapping[str, str]) -> str:
    from cookiecutter.repository import expand_abbreviations

    try:
        expanded: str = expand_abbreviations(text, dict(abbreviations))
    except (LookupError, ValueError, AttributeError):
        prefix = text.partition(":")[0]
        raise UsageError(
            f"the abbreviation {prefix!r} of cookiecutter's configuration cannot be used",
            hint="It must be a text with {0} where the rest goes.",
        ) from None
    return expanded


def _kind(location: str) -> Kind:
    is_url = URL.fullmatch(location) or HELPER.fullmatch(location) or SCP_LIKE.fullmatch(location)
    if location.lower().endswith(".zip"):
        if is_url:
            raise UsageError(
                f"{without_credentials(location)} is the address of a zip, which is not downloaded",
                hint="Download it, look at it, and give the file.",
            )
        return "zip"
    return "git" if is_url else "folder"


def _check_url(url: str) -> None:
    shown = without_credentials(url)
    found = URL.fullmatch(url)
    if not url.isprintable() or (found is None and not SCP_LIKE.fullmatch(url)):
        raise UnsafeInputError(f"{shown!r} is no address that git may be given", hint="Use https or ssh.")
    if found is None:
        user_and_host, _, path = url.partition(":")
        parts = [*user_and_host.split("@"), path]
    elif found[1] or found[2].lower() not in SCHEMES:
        raise UnsafeInputError(
            f"{shown}: skeletons are fetched with git over {', '.join(SCHEMES)}, and nothing else",
            hint="Anyone on the way could change what http and git:// bring; other schemes run programs.",
        )
    else:
        split = urlsplit(url)
        parts = [split.username or "", split.hostname or "", split.path.lstrip("/")]
        if not split.hostname and split.scheme.lower() != "file":
            raise UsageError(f"{shown} names no computer", hint="Write it as https://COMPUTER/PATH.")
    for part in parts:
        _refuse_dash(part, "address")


def _refuse_dash(text: str, what: str) -> None:
    """Git takes what begins with a dash for an option, and some of them run programs."""
    if text.startswith("-"):
        raise UnsafeInputError(f"the {what} {text!r} begins with a dash", hint="Git would take it for an option.")


def _inside(directory: str | None) -> str | None:
    if directory is None:
        return None
    path = PurePosixPath(directory.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in directory[:2]:
        raise UsageError(
            f"--directory {directory} is no folder of the skeleton", hint="Give its path inside the repository."
        )
    return str(path)
