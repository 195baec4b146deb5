"""Layers of template sets that lie elsewhere: a git repository at a commit, a zip with its hash.

What was fetched is kept in the user's cache by that commit or hash, and is then used without
looking elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from modelpress.cache_folder import keep, needed_cache_folder
from modelpress.errors import ModelpressError, UnsafeInputError, UsageError
from modelpress.fetching.address import check_address, without_credentials
from modelpress.fetching.extent import Extent
from modelpress.fetching.git import Repository, clone, is_commit
from modelpress.fetching.unpacking import sha256_of, unpack
from modelpress.templating.layer import Layer

SCHEMES = ("https", "ssh")
MOST = Extent(files=10_000, size=256 << 20)


@dataclass(frozen=True, slots=True)
class GitSource:
    """The folder `inside` of a repository, as it is in one commit (40 hexadecimal digits)."""

    address: str
    commit: str
    inside: str = ""
    name: str = ""

    def layer(self) -> Layer:
        """Raises UnsafeInputError for an address that git must not be given, RemoteError where it cannot be had."""
        check_address(self.address, SCHEMES)
        shown = without_credentials(self.address)
        if not is_commit(self.commit):
            raise UsageError(
                f"{shown}: the layer is not pinned to a commit",
                hint="Give all 40 digits of it as `commit`: branches and tags can be moved.",
            )
        repository = Repository(self.address, shown, self.commit)

        def fetch(folder: Path) -> None:
            clone(repository, folder, most=MOST)
            shutil.rmtree(folder / ".git", ignore_errors=True)

        kept = _kept(f"git-{self.commit}", shown, fetch)
        name = self.name or PurePosixPath(re.split("[/:]", self.address.rstrip("/"))[-1]).stem
        return Layer(name, _inside(kept, self.inside, f"{shown} at {self.commit}"), "git", self.commit)


@dataclass(frozen=True, slots=True)
class ZipSource:
    """The folder `inside` of a zip whose SHA-256 (64 hexadecimal digits) is known."""

    path: Path
    sha256: str
    inside: str = ""
    name: str = ""

    def layer(self) -> Layer:
        """Raises UnsafeInputError for another content than the pinned one, or one that is made to do harm."""
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise UsageError(
                f"{self.path}: the layer is not pinned to a content",
                hint="Give all 64 digits of its SHA-256 as `sha256`.",
                file=str(self.path),
            )
        if self.path.exists():
            self._check(self.path)
        kept = _kept(f"zip-{self.sha256}", str(self.path), self._fetch)
        return Layer(self.name or self.path.stem, _inside(kept, self.inside, str(self.path)), "zip", self.sha256)

    def _fetch(self, folder: Path) -> None:
        folder.mkdir()
        unpack(self.path, folder, most=MOST)
        self._check(self.path)  # it may have changed since it was looked at

    def _check(self, file: Path) -> None:
        found = sha256_of(file)
        if found != self.sha256:
            raise UnsafeInputError(
                f"{self.path} is another zip than the pinned one: its SHA-256 is {found}, not {self.sha256}",
                hint="Write the new hash if the change is meant; otherwise ask where it comes from.",
                file=str(self.path),
            )


def _kept(key: str, shown: str, fetch: Callable[[Path], None]) -> Path:
    """The folder of that key in the cache; where there is none, what `fetch` writes into a new folder becomes it."""
    cache = needed_cache_folder("layers", shown)
    kept = cache / key
    try:
        if not kept.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                fresh = Path(scratch, "layer")
                fetch(fresh)
                _check_files(fresh, shown)
                keep(fresh, kept)
    except OSError as error:
        raise ModelpressError(
            f"{shown} cannot be kept in {cache}: {error.strerror or error}", hint="Look at the room on the disk."
        ) from None
    return kept


def _check_files(root: Path, shown: str) -> None:
    """Raise UnsafeInputError for a link that leads outside: nothing of the user's gets into what is rendered."""
    top = Path(os.path.realpath(root))
    for folder, folders, files in os.walk(root):
        for path in (Path(folder, name) for name in (*folders, *files)):
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(top):
                raise UnsafeInputError(
                    f"{shown}: the symlink {path.relative_to(root).as_posix()} leads outside the layer",
                    hint="Do not use it; ask where it comes from.",
                )


def _inside(root: Path, inside: str, shown: str) -> Path:
    """Raises UsageError where there is no such folder, UnsafeInputError for one that lies outside."""
    folder = root / inside
    if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
        raise UnsafeInputError(f"{shown}: the path {inside!r} leads outside", hint="Give a folder inside.")
    if not folder.is_dir():
        raise UsageError(f"{shown} has no folder {inside!r}", hint="Correct `path`.")
    return folder
