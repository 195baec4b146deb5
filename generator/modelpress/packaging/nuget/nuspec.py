"""What a NuGet package says of itself: its name, its version, what it depends on, and which platforms it is for."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from modelpress.packaging.nuget.versions import Range, Version

LONGEST = 1 << 20  # bytes of a .nuspec; they have a few thousand
FRAMEWORK = re.compile(r"\.?(net|netcoreapp|netstandard)(?:,version=v)?(\d+(?:\.\d+)?)?", re.IGNORECASE)
TARGET = (8, 0)  # the samples are for .NET 8
NEWEST_STANDARD = (2, 1)  # of .NET Standard, which every .NET since 3.0 implements
OLDEST_NET = (5, 0)  # `net` with a lower number, such as net472, is the .NET Framework
NAME = re.compile(r"\w[\w.-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that another needs, and in which versions."""

    name: str
    versions: Range


@dataclass(frozen=True, slots=True)
class Nuspec:
    """A package; `files` are the paths in it."""

    name: str
    version: Version
    dependencies: tuple[Dependency, ...]
    files: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"{self.name}.{self.version}.nupkg"

    @property
    def runtimes(self) -> frozenset[str]:
        """Identifiers of the platforms that it has native libraries for, such as linux-x64; empty for one of none."""
        parts = (path.split("/") for path in self.files)
        return frozenset(part[1] for part in parts if part[0] == "runtimes" and part[2:3] == ["native"])

    @property
    def is_managed(self) -> bool:
        """Whether it has assemblies of .NET and nothing native."""
        tops = {path.split("/", 1)[0] for path in self.files}
        return bool(tops & {"lib", "ref"}) and not self.runtimes


def read_package(path: Path) -> Nuspec:
    """The package in a .nupkg file. Raises ValueError, which says why, for what is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = tuple(archive.namelist())
            manifest = next((name for name in names if "/" not in name and name.lower().endswith(".nuspec")), None)
            if manifest is None:
                raise ValueError("it is no NuGet package")
            with archive.open(manifest) as file:
                text = file.read(LONGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise ValueError("it is not a whole NuGet package") from None
    if len(text) > LONGEST or b"<!DOCTYPE" in text:
        raise ValueError("its .nuspec is not one that NuGet writes")
    try:
        return _parsed(ET.fromstring(text), names)  # noqa: S314  # without a DOCTYPE there are no entities
    except (ET.ParseError, LookupError):
        raise ValueError("its .nuspec cannot be understood") from None


def _parsed(root: ET.Element, names: tuple[str, ...]) -> Nuspec:
    name = root.findtext("{*}metadata/{*}id", "").strip()
    if not NAME.fullmatch(name):
        raise ValueError("its .nuspec names no package")
    version = Version.parse(root.findtext("{*}metadata/{*}version", ""))
    groups = {one.get("targetFramework", ""): one for one in root.iterfind("{*}metadata/{*}dependencies/{*}group")}
    group = groups.get(_nearest(groups) or "")
    loose = root.iterfind("{*}metadata/{*}dependencies/{*}dependency")  # of the old form, without groups
    dependencies = [*loose, *(group.iterfind("{*}dependency") if group is not None else ())]
    return Nuspec(name, version, tuple(map(_dependency, dependencies)), names)


def _dependency(element: ET.Element) -> Dependency:
    name = element.get("id", "").strip()
    if not NAME.fullmatch(name):
        raise ValueError("its .nuspec names no package where it depends on one")
    return Dependency(name, Range.parse(element.get("version", "")))


def _nearest(frameworks: Iterable[str]) -> str | None:
    """The framework that NuGet takes for .NET 8: the newest .NET that is not newer, or else .NET Standard."""
    suiting = {framework: rank for framework in frameworks if (rank := _rank(framework)) is not None}
    return max(suiting, key=lambda framework: suiting[framework], default=None)


def _rank(framework: str) -> tuple[int, tuple[int, ...]] | None:
    """How near the framework is, None where .NET 8 cannot use it; a platform's own (net8.0-android) it cannot."""
    found = FRAMEWORK.fullmatch(framework.replace(" ", ""))
    if found is None:
        return (0, ()) if framework.lower() in {"", "any"} else None
    kind, text = found[1].lower(), found[2]
    numbers = tuple(int(part) for part in text.split(".")) if text else (0, 0)
    if kind == "netstandard":
        return (1, numbers) if numbers <= NEWEST_STANDARD else None
    oldest = OLDEST_NET if kind == "net" else (0, 0)
    return (2, numbers) if oldest <= numbers <= TARGET else None
