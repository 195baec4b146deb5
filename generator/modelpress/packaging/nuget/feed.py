"""Where NuGet packages come from: a feed on a server, or a folder."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Protocol

from modelpress.packaging.nuget.versions import Version


class FeedError(Exception):
    """Why a feed does not give what was wanted, as the end of a sentence; it holds no address and no secret."""


class Feed(Protocol):
    """A source of packages. Names of packages are the same in any case."""

    @property
    def place(self) -> str:
        """It for people, without what may be a secret."""

    def versions(self, name: str) -> list[Version]:
        """All versions of a package; none where it has no such package. Raises FeedError."""

    def fetch(self, name: str, version: Version, folder: Path) -> Path:
        """The .nupkg file, made in `folder` unless it is a file already; its checksum is compared.

        Raises FeedError, and OSError where the file cannot be written.
        """


def sha512_of(path: Path) -> str:
    """SHA-512 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def compare(path: Path, expected: str) -> None:
    """Raise FeedError where the file's SHA-512 is not the expected one, in base64 as NuGet writes it."""
    try:
        digest = base64.b64decode(expected.strip(), validate=True).hex()
    except (binascii.Error, ValueError):
        raise FeedError("its checksum cannot be understood") from None
    if sha512_of(path) != digest:
        raise FeedError("its SHA-512 is not the one that the feed names")
