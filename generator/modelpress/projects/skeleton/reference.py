"""What `--skeleton` names: a folder, a zip, or a git repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from modelpress.errors import UsageError
from modelpress.fetching.address import check_address, is_address, refuse_dash, without_credentials

Kind = Literal["built-in", "folder", "zip", "git"]
SCHEMES = ("https", "ssh", "file")


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
    refuse_dash(text, "skeleton")
    location = _expand(text, abbreviations)
    refuse_dash(location, "skeleton")
    kind = _kind(location)
    if checkout is not None:
        refuse_dash(checkout, "checkout")
        if kind != "git":
            raise UsageError(
                f"--checkout goes with a git URL, and {location} is a {kind}",
                hint="Leave it out, or give the repository as file:///PATH.",
            )
    if kind == "git":
        location = location.removeprefix("git+")
        check_address(location, SCHEMES)
    return Reference(kind, location, text, checkout, _inside(directory))


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
    is_url = is_address(location)
    if location.lower().endswith(".zip"):
        if is_url:
            raise UsageError(
                f"{without_credentials(location)} is the address of a zip, which is not downloaded",
                hint="Download it, look at it, and give the file.",
            )
        return "zip"
    return "git" if is_url else "folder"


def _inside(directory: str | None) -> str | None:
    if directory is None:
        return None
    path = PurePosixPath(directory.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in directory[:2]:
        raise UsageError(
            f"--directory {directory} is no folder of the skeleton", hint="Give its path inside the repository."
        )
    return str(path)
