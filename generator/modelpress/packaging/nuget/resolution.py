"""Packages with all that they depend on: each dependency in the lowest version that serves, as NuGet takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modelpress.errors import RemoteError
from modelpress.packaging.nuget.feed import Feed, FeedError
from modelpress.packaging.nuget.nuspec import Dependency, Nuspec, read_package
from modelpress.packaging.nuget.versions import Version

MOST = 1000  # dependencies; a feed that names more wants to fill the disk
HINT = (
    "Check the network, --native-feed and --runtime-version; --allow-missing-runtime goes on without them,"
    " --no-runtime-packages does not ask for them."
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A package and its file."""

    package: Nuspec
    path: Path


def resolve(feed: Feed, wanted: Sequence[Dependency], folder: Path) -> tuple[Resolved, ...]:
    """The wanted packages and all that they depend on, by name; what is downloaded goes into `folder`.

    Where two packages need different versions of a third, the higher one is taken. Raises
    RemoteError that says which file was wanted from where.
    """
    versions = cache(feed.versions)
    found: dict[str, Resolved] = {}
    queue = list(wanted)
    for _ in range(MOST):
        if not queue:
            return tuple(found[name] for name in sorted(found))
        dependency = queue.pop(0)
        name = dependency.name.lower()
        version = _version(feed, versions, dependency)
        if name in found and found[name].package.version >= version:
            continue
        if name in found and found[name].path.parent == folder:
            found[name].path.unlink()
        found[name] = _fetched(feed, dependency.name, version, folder)
        queue += found[name].package.dependencies
    raise RemoteError(f"the packages of the NuGet feed {feed.place} depend on more than {MOST} others", hint=HINT)


def _version(feed: Feed, versions_of: Callable[[str], list[Version]], dependency: Dependency) -> Version:
    try:
        versions = versions_of(dependency.name)
    except FeedError as error:
        raise _missing(feed, _file(dependency), str(error)) from None
    serving = [version for version in versions if version in dependency.versions]
    if serving:
        return min(serving)
    newest = f"it has no such version, its newest is {max(versions)}" if versions else "it has no package of that name"
    raise _missing(feed, _file(dependency), newest)


def _file(dependency: Dependency) -> str:
    """The file of a dependency on one version, or else its name and the versions that would serve."""
    exact = dependency.versions.exact
    return f"{dependency.name}.{exact}.nupkg" if exact else f"{dependency.name} {dependency.versions}"


def _fetched(feed: Feed, name: str, version: Version, folder: Path) -> Resolved:
    file = f"{name}.{version}.nupkg"
    try:
        path = feed.fetch(name, version, folder)
        package = read_package(path)
    except (FeedError, ValueError) as error:
        raise _missing(feed, file, str(error)) from None
    except OSError as error:
        raise _missing(feed, file, f"it cannot be written: {error.strerror}") from None
    if (package.name.lower(), package.version) != (name.lower(), version):
        raise _missing(feed, file, f"it is {package.file_name}")
    return Resolved(package, path)


def _missing(feed: Feed, file: str, reason: str) -> RemoteError:
    return RemoteError(f"{file} cannot be had from the NuGet feed {feed.place}: {reason}", hint=HINT)
