"""Reads a requirements file, and tells the lines that fetch from elsewhere than the package index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from modelpress.errors import UnsafeInputError, UsageError

HASHES_REQUIRED: Final = "--require-hashes"
NO_INDEX: Final = "--no-index"
INDEX_OPTIONS: Final = ("-i", "--index-url", "--extra-index-url", "--trusted-host")
FORMAT_OPTIONS: Final = (HASHES_REQUIRED, NO_INDEX, "--only-binary", "--prefer-binary")
EDITABLE: Final = ("-e", "--editable")
ADDRESS: Final = re.compile(r"\w[\w+.-]*:/|\bgit@|@\s*\S+:")


@dataclass(frozen=True, slots=True)
class Requirements:
    """A requirements file taken apart.

    `options` are lines that say how to install. `sources` are what no package index has: paths,
    addresses, version control; only a trusted file has any.
    """

    packages: tuple[Requirement, ...]
    options: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def index_options(self) -> tuple[str, ...]:
        """The options that say which package index is asked."""
        return tuple(line for line in self.options if _option(line)[0] in INDEX_OPTIONS)

    def lines(self, folder: Path) -> list[str]:
        """All of it as lines, in which the paths of sources in `folder` are absolute."""
        sources = [str((folder / one).resolve()) if (folder / one).exists() else one for one in self.sources]
        return [*self.options, *map(str, self.packages), *sources]


def read_requirements(lines: Iterable[str], where: str, *, trust: bool) -> Requirements:
    """Take the lines of `where` apart; comments, and hashes from an earlier lock, are left out.

    Raises UnsafeInputError (exit 4) for a line that names a package index, an address, version
    control or a path without `trust`, and UsageError for what cannot be locked.
    """
    packages: list[Requirement] = []
    options: list[str] = []
    sources: list[str] = []
    for number, line in _logical(lines):
        place = f"{where}:{number}"
        option, value = _option(line)
        if option in FORMAT_OPTIONS:
            options.append(line)
        elif option in INDEX_OPTIONS and value:
            _check_elsewhere(line, place, "a package index", trust=trust)
            options.append(line)
        elif option in EDITABLE and value:
            _check_elsewhere(line, place, "code to build", trust=trust)
            sources.append(value)
        elif option:
            raise UsageError(
                f"{place}: {option} cannot be locked",
                hint="Write what the option brings into the file itself.",
                file=place,
            )
        elif _is_source(line):
            _check_elsewhere(line, place, "code to build", trust=trust)
            sources.append(line)
        elif found := _package(line):
            packages.append(found)
        else:
            raise UsageError(f"{place} is not a requirement", hint="For example `pandas>=2`.", file=place)
    return Requirements(tuple(packages), tuple(options), tuple(sources))


def _option(line: str) -> tuple[str, str]:
    """The option that a line consists of, and its value; empty for a requirement."""
    option, _, value = re.sub(r"[\s=]+", " ", line, count=1).partition(" ")
    return (option, value.strip()) if line.startswith("-") else ("", "")


def _logical(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers: continued ones joined, comments and hashes cut."""
    begun, start = "", 0
    for number, line in enumerate([*lines, ""], 1):
        start = start if begun else number
        text = begun + re.sub(r"(^|\s)#.*", "", line.rstrip("\r\n")).rstrip()
        begun = text[:-1] + " " if text.endswith("\\") else ""
        text = re.sub(r"\s--hash=\S+", "", text).strip()
        if text and not begun:
            yield start, text


def _package(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _is_source(line: str) -> bool:
    """Whether it is a path or an address, or a package from one (`x @ https://...`)."""
    return (
        bool(ADDRESS.search(line))
        or re.match(r"[./\\~]|\w:[/\\]", line) is not None
        or line.endswith((".whl", ".gz", ".zip"))
    )


def _check_elsewhere(line: str, place: str, what: str, *, trust: bool) -> None:
    if not trust:
        raise UnsafeInputError(
            f"{place} names {what} from elsewhere", hint="Pass --trust where you trust where it comes from.", file=place
        )
    if re.search(r"://[^/\s]*@", line) and "://git@" not in line:
        raise UsageError(
            f"{place} holds credentials, which would lie in the project",
            hint="Configure them for uv and pip instead; an image build takes a pip.conf as a secret.",
            file=place,
        )


def names_of(packages: Sequence[Requirement]) -> str:
    """The packages for people."""
    return ", ".join(str(one) for one in packages)
