"""The packages of ONNX Runtime in a zip: wheels that run its models on computers without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelpress.bundle import Entry, RenderedText
from modelpress.errors import ModelpressError
from modelpress.installation import installed_release
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.runtime import runtime_of
from modelpress.packaging.wheels.cache import Wheel, fetch_wheels
from modelpress.packaging.wheels.requirements import requirements_text
from modelpress.packaging.wheels.target import Target

FOLDER = "ONNXRuntimePackages/python"


@dataclass(frozen=True, slots=True)
class RuntimeWishes:
    """The computers that the packages are for, and the version of ONNX Runtime, None to choose one.

    `allow_missing` makes a warning of what cannot be had.
    """

    targets: tuple[Target, ...]
    version: str | None = None
    allow_missing: bool = False


@dataclass(frozen=True, slots=True)
class RuntimePackages:
    """The files by their path in the bundle, and what the user should know of them."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


NO_RUNTIME_PACKAGES = RuntimePackages()


def runtime_packages_of(chosen: Chosen, wishes: RuntimeWishes) -> RuntimePackages:
    """Wheels of what the chosen candidates need, each once, and a requirements file for each need.

    That of the best candidate is requirements.txt; packages of ONNX Runtime cannot live side
    by side, so another need has a file of its own. Raises RemoteError for what cannot be had.
    """
    needs = {
        runtime_of(ranked, chosen.models[ranked.candidate.id], wishes.version).requirements: None
        for ranked in chosen.entries
    }
    entries: dict[str, Entry] = {}
    remarks: list[str] = []
    for place, need in enumerate(needs):
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
            entries[f"{FOLDER}/{name}"] = RenderedText(requirements_text(name, fetched).encode())
            entries |= {f"{FOLDER}/{one.path.name}": one.entry for wheels in fetched.values() for one in wheels}
            remarks.append(f"runtime packages: {_origin(need, wishes)}")
    return RuntimePackages(entries, tuple(remarks))


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
