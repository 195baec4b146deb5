"""Where the projects of a fleet lie: a folder of this computer, or one that fsspec reaches by its URL.

A project in an object store cannot appear at one moment. There its lock is written last and
removed first: a folder without a lock is no project yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from modelpress.bundle import LOCK_NAME, Bundle, Entry, content_sha256
from modelpress.errors import ModelpressError, RemoteError
from modelpress.executors.progress import SILENT
from modelpress.executors.streaming import Sink, Written, stream
from modelpress.executors.target import writing_to
from modelpress.fetching.address import without_credentials
from modelpress.whole_file import LIKE_OTHERS, replace_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class Store(Protocol):
    """Small files by their POSIX path below the place of the fleet."""

    def read(self, path: str) -> bytes | None: ...

    def write(self, path: str, content: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A folder of this computer, or of a file system that it shares with others."""

    root: Path

    def read(self, path: str) -> bytes | None:
        """The content, None where there is no such file."""
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """Write the file whole or not at all."""
        place = self.root / path
        with writing_to(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_file(place, content, LIKE_OTHERS)


@dataclass(frozen=True, slots=True)
class RemoteStore:
    """A folder that fsspec reaches."""

    url: str

    def read(self, path: str) -> bytes | None:
        """The content, None where there is no such file."""
        with reaching(self.url) as (files, root), suppress(FileNotFoundError):
            return cast(bytes, files.cat_file(f"{root}/{path}"))
        return None

    def write(self, path: str, content: bytes) -> None:
        """Write the file; object stores show it whole or not at all."""
        with reaching(self.url) as (files, root):
            files.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
            files.pipe_file(f"{root}/{path}", content)

    def holds(self, path: str) -> bool:
        """Whether there is anything at that path, or below it."""
        with reaching(self.url) as (files, root):
            return bool(files.exists(f"{root}/{path}"))

    def write_bundle(self, path: str, bundle: Bundle) -> Written:
        """Put the bundle in the place of whatever is at that path."""
        with reaching(self.url) as (files, root):
            folder = f"{root}/{path}"
            for stale in (f"{folder}/{LOCK_NAME}", folder):
                if files.exists(stale):
                    files.rm(stale, recursive=True)

            @contextmanager
            def member(name: str, _: Entry) -> Iterator[Sink]:
                files.makedirs(f"{folder}/{name}".rpartition("/")[0], exist_ok=True)
                with files.open(f"{folder}/{name}", "wb") as file:
                    yield file

            digests = stream(bundle, member, SILENT)
        size = sum(digest.size for digest in digests.values())
        return Written(Path(path), digests, content_sha256(digests), size)


def is_url(text: str) -> bool:
    """Whether fsspec is to reach what the text names; all else is a path of this computer."""
    return "://" in text


@contextmanager
def reaching(url: str) -> Iterator[tuple[AbstractFileSystem, str]]:
    """The file system of a URL and the path in it.

    What goes wrong there is a RemoteError without the words of the file system, in which there
    may be a key. Raises ModelpressError where fsspec, or what it needs for the scheme, is missing.
    """
    shown = without_credentials(url)
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise ModelpressError(
            f"{shown} is reached with fsspec, which is not installed",
            hint="Install it: pip install 'modelpress[cluster]'",
        ) from None
    try:
        files, root = cast("tuple[Any, str]", url_to_fs(url))
    except (ImportError, ValueError):
        scheme = url.partition("://")[0]
        raise ModelpressError(
            f"fsspec cannot reach {shown}", hint=f"Look at its list of file systems for what {scheme}:// needs."
        ) from None
    try:
        yield files, root.rstrip("/")
    except (ModelpressError, FileNotFoundError):
        raise
    except Exception as error:  # every file system has exceptions of its own
        raise RemoteError(
            f"{shown}: {type(error).__name__}", hint="Look at the address and at your right to read and write there."
        ) from error
