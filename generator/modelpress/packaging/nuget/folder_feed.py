"""A folder with .nupkg files as a feed: all in it, or each in `<name>/<version>/` as NuGet's own folders have them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from modelpress.packaging.nuget.feed import FeedError, compare
from modelpress.packaging.nuget.versions import Version

SUFFIX = ".nupkg"


@dataclass(frozen=True)
class FolderFeed:
    """The packages in a folder, used where they lie."""

    folder: Path

    @property
    def place(self) -> str:
        return str(self.folder)

    def versions(self, name: str) -> list[Version]:
        return list(self._found(name))

    def fetch(self, name: str, version: Version, folder: Path) -> Path:  # noqa: ARG002  # nothing is made
        path = self._found(name)[version]
        checksum = path.with_name(path.name + ".sha512")
        try:
            if checksum.is_file():
                compare(path, checksum.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            raise FeedError("it cannot be read") from None
        return path

    def _found(self, name: str) -> dict[Version, Path]:
        found = {}
        for path in self._files:
            stem = path.name[: -len(SUFFIX)]
            if stem.lower().startswith(f"{name.lower()}."):
                try:
                    found[Version.parse(stem[len(name) + 1 :])] = path
                except ValueError:
                    continue  # another package, whose name begins with this one
        return found

    @cached_property
    def _files(self) -> list[Path]:
        try:
            places = [*self.folder.iterdir(), *self.folder.glob("*/*/*")]
        except OSError as error:
            raise FeedError(f"it cannot be read: {error.strerror}") from None
        return sorted(path.resolve() for path in places if path.name.lower().endswith(SUFFIX) and path.is_file())
