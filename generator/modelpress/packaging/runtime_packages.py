"""The packages of ONNX Runtime in a zip: those that run its models on computers without a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modelpress.bundle import Entry, RenderedText
from modelpress.errors import ModelpressError, UsageError
from modelpress.installation import installed_release
from modelpress.model import Runtime
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.nuget.choice import is_for_cpp, lacking, packages_for
from modelpress.packaging.nuget.native import NativePackage, fetch_packages
from modelpress.packaging.runtime import runtime_of
from modelpress.packaging.wheels.cache import Wheel, fetch_wheels
from modelpress.packaging.wheels.requirements import requirements_text
from modelpress.packaging.wheels.target import Target

PYTHON, CPP, CSHARP = (f"ONNXRuntimePackages/{name}" for name in ("python", "cpp", "cs"))
CHECKSUMS = "SHA512SUMS"


@dataclass(frozen=True, slots=True)
class RuntimeWishes:
    """The computers that the packages are for, and the version of ONNX Runtime, None to choose one.

    `native_feed` is where NuGet packages come from, an address or a folder, None for nowhere.
    `allow_missing` makes a warning of what cannot be had.
    """

    targets: tuple[Target, ...]
    version: str | None = None
    native_feed: str | Path | None = None
    allow_missing: bool = False


@dataclass(frozen=True, slots=True)
class RuntimePackages:
    """The files by their path in the bundle, and what the user should know of them."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


NO_RUNTIME_PACKAGES = RuntimePackages()


def runtime_packages_of(chosen: Chosen, wishes: RuntimeWishes) -> RuntimePackages:
    """What the chosen candidates need to run: wheels for Python, NuGet packages for C++ and C#.

    Raises RemoteError for what cannot be had, UsageError for a feed that is none.
    """
    runtimes = dict.fromkeys(
        runtime_of(ranked, chosen.models[ranked.candidate.id], wishes.version) for ranked in chosen.entries
    )
    python, native = _wheels(tuple(runtimes), wishes), _native_packages(tuple(runtimes), wishes)
    return RuntimePackages({**python.entries, **native.entries}, (*python.remarks, *native.remarks))


def _wheels(runtimes: Sequence[Runtime], wishes: RuntimeWishes) -> RuntimePackages:
    """Wheels, each once, and a requirements file for each need.

    That of the best candidate is requirements.txt; packages of ONNX Runtime cannot live side
    by side, so another need has a file of its own.
    """
    entries: dict[str, Entry] = {}
    remarks: list[str] = []
    for place, need in enumerate(dict.fromkeys(runtime.requirements for runtime in runtimes)):
        fetched: dict[Target, tuple[Wheel, ...]] = {}
        for target in wishes.targets:
            try:
                fetched[target] = fetch_wheels(need, target)
            except ModelpressError as error:
                if not wishes.allow_missing:
                    raise
                remarks.append(f"runtime packages are left out: {error.message}")
        if fetched:
            name = f"requirements{f'-{_names(need)}' if place else ''}.txt"
            entries[f"{PYTHON}/{name}"] = RenderedText(requirements_text(name, fetched).encode())
            entries |= {f"{PYTHON}/{one.path.name}": one.entry for wheels in fetched.values() for one in wheels}
            remarks.append(f"runtime packages: {_origin(need, wishes)}")
    return RuntimePackages(entries, tuple(remarks))


def _native_packages(runtimes: Sequence[Runtime], wishes: RuntimeWishes) -> RuntimePackages:
    """For C# every package and all that they depend on, for C++ those that it can use, with their checksums."""
    if wishes.native_feed is None:
        hint = "name their NuGet feed with --native-feed, or native_feed in modelpress.yaml"
        return RuntimePackages(remarks=(f"runtime packages for C++ and C# are left out: {hint}",))
    platforms = [target.platform for target in wishes.targets]
    found: dict[str, dict[str, NativePackage]] = {CPP: {}, CSHARP: {}}
    remarks: list[str] = []
    for runtime in runtimes:
        wanted = packages_for(runtime)
        try:
            packages = {one.package.file_name: one for one in fetch_packages(wanted, wishes.native_feed)}
        except UsageError:
            raise
        except ModelpressError as error:
            if not wishes.allow_missing:
                raise
            remarks.append(f"runtime packages for C++ and C# are left out: {error.message}")
            continue
        found[CSHARP] |= packages
        found[CPP] |= {name: one for name, one in packages.items() if is_for_cpp(one.package, wanted, platforms)}
        named = ", ".join(f"{one.name} {one.versions}" for one in wanted)
        remarks += [f"runtime packages for C++ and C#: {one}" for one in (named, lacking(runtime)) if one]
    entries = {path: entry for folder, packages in found.items() for path, entry in _folder(folder, packages)}
    return RuntimePackages(entries, tuple(dict.fromkeys(remarks)))


def _folder(folder: str, packages: Mapping[str, NativePackage]) -> Iterator[tuple[str, Entry]]:
    """The files of a folder with packages, and their checksums in the form that `sha512sum -c` reads."""
    if packages:
        sums = "".join(f"{packages[name].sha512}  {name}\n" for name in sorted(packages))
        yield f"{folder}/{CHECKSUMS}", RenderedText(sums.encode())
        yield from ((f"{folder}/{name}", one.entry) for name, one in packages.items())


def _names(need: tuple[str, ...]) -> str:
    return "-".join(requirement.partition("==")[0] for requirement in need)


def _origin(need: tuple[str, ...], wishes: RuntimeWishes) -> str:
    """The need, with the reason for its versions."""
    targets = " and ".join(f"Python {target.python} on {target.platform}" for target in wishes.targets)
    package, _, version = need[0].partition("==")
    if wishes.version:
        reason = "the version asked for"
    elif version == installed_release(package):
        reason = "the version installed here"
    else:
        reason = "the default version"
    return f"{', '.join(need)} for {targets} ({reason}; --runtime-version changes it)"
