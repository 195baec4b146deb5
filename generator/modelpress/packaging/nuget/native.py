"""Fetches the NuGet packages of ONNX Runtime for C++ and C#, from a server through the user's cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import ExistingFile
from modelpress.packaging.downloads import fetch
from modelpress.packaging.nuget.feed import Feed, sha512_of
from modelpress.packaging.nuget.nuspec import Dependency, Nuspec, read_package
from modelpress.packaging.nuget.opening import open_feed
from modelpress.packaging.nuget.resolution import resolve


@dataclass(frozen=True, slots=True)
class NativePackage:
    """A NuGet package, its file, and that file's SHA-512 in hexadecimal."""

    package: Nuspec
    path: Path
    sha512: str

    @property
    def entry(self) -> ExistingFile:
        """The .nupkg as a file of a bundle, read where it lies."""
        return ExistingFile(self.path, self.path.stat().st_size)


def fetch_packages(wanted: Sequence[Dependency], location: str | Path) -> tuple[NativePackage, ...]:
    """The wanted packages and all that they depend on, by name, from the feed at an address or in a folder.

    What comes from a server is kept, so that the second run needs no network. Raises RemoteError
    for what cannot be had, UsageError for what is no feed, ModelpressError without a cache folder.
    """
    with open_feed(location) as feed:
        files = _in_place(feed, wanted) if isinstance(location, Path) else _kept(feed, wanted, location)
    packages = [NativePackage(read_package(path), path, sha512_of(path)) for path in files]
    return tuple(sorted(packages, key=lambda one: one.package.file_name))


def _in_place(feed: Feed, wanted: Sequence[Dependency]) -> list[Path]:
    return [found.path for found in resolve(feed, wanted, Path())]


def _kept(feed: Feed, wanted: Sequence[Dependency], address: str) -> list[Path]:
    asked = [address, sorted(f"{one.name} {one.versions}" for one in wanted)]

    def download(folder: Path) -> None:
        resolve(feed, wanted, folder)

    return [file.path for file in fetch("nuget", asked, download)]
