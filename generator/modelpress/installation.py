"""What is installed on this computer: Python packages, the runtime, container engines, toolchains."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from modelpress.version import __version__

Kind = Literal["program", "core", "extra", "engine", "toolchain"]

CORE = ("click", "jinja2", "pyyaml", "cookiecutter", "pydantic", "onnx", "rich")
# ONNX Runtime's packages share one import name: the first that is installed is the one in use.
EXTRAS: Mapping[str, tuple[str, ...]] = {
    "cpu": ("onnxruntime",),
    "gpu": ("onnxruntime-gpu",),
    "directml": ("onnxruntime-directml",),
    "openvino": ("onnxruntime-openvino",),
    "genai": ("onnxruntime-genai",),
}
ENGINES = ("docker", "podman", "buildah")
TOOLCHAINS: Mapping[str, tuple[str, ...]] = {
    "C++": ("g++", "clang++"),
    "CMake": ("cmake",),
    "C#": ("dotnet", "mono"),
    "Java": ("javac",),
    "Maven": ("mvn",),
    "JavaScript": ("node",),
}
VERSION = re.compile(r"\d+(\.\d+)+")
RELEASE = re.compile(r"\d+(\.\d+)*(\.post\d+)?")
TIMEOUT = 10  # seconds; a tool that does not answer counts as broken


@dataclass(frozen=True, slots=True)
class Installed:
    """One thing that was looked for; `version` None means that it is not there."""

    kind: Kind
    name: str
    version: str | None
    note: str = ""


def look_around() -> tuple[Installed, ...]:
    """Everything that modelpress can use, found or not."""
    return (
        Installed("program", "modelpress", __version__),
        Installed("program", "python", platform.python_version(), sys.platform),
        *(Installed("core", name, package_version(name)) for name in CORE),
        *_extras(),
        *(_tool("engine", name, (name,)) for name in ENGINES),
        *(_tool("toolchain", name, commands) for name, commands in TOOLCHAINS.items()),
    )


def package_version(name: str) -> str | None:
    """The installed version of a Python distribution, or None."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def installed_release(name: str) -> str | None:
    """The same where it is a release, which others can install as well: no development or local version."""
    version = package_version(name)
    return version if version and RELEASE.fullmatch(version) else None


def _extras() -> tuple[Installed, ...]:
    found = []
    for extra, packages in EXTRAS.items():
        for package in packages:
            version = package_version(package)
            found.append(Installed("extra", f"{package} [{extra}]", version, _providers() if version else ""))
    return tuple(found)


def _providers() -> str:
    import onnxruntime

    return ", ".join(onnxruntime.get_available_providers())


def _tool(kind: Kind, name: str, commands: tuple[str, ...]) -> Installed:
    for command in commands:
        path = shutil.which(command)
        if path:
            return Installed(kind, name, _asked_version(path) or "unknown", command)
    return Installed(kind, name, None, " or ".join(commands))


def _asked_version(path: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command name, found on the user's own PATH
            [path, "--version"], capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = VERSION.search(done.stdout + done.stderr)
    return found.group() if found else None
