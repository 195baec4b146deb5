"""Releases of ONNX Runtime for languages other than Python: the one that comes nearest to a Python package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from modelpress.model.runtime import CPU, LIMITS, Limits, Runtime

# By the Python package with the same execution providers, oldest first: those that the samples run with.
MAVEN: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("1.22.0", "1.23.2", "1.24.2", "1.26.0", "1.28.0", "1.29.0"),
    "onnxruntime-gpu": ("1.22.0", "1.23.2", "1.24.3", "1.25.1", "1.26.0", "1.27.0", "1.28.0", "1.29.0"),
}
MAVEN_NAMES = {"onnxruntime": "onnxruntime", "onnxruntime-gpu": "onnxruntime_gpu"}
NPM = ("1.22.0", "1.23.2", "1.24.3", "1.25.1", "1.26.0", "1.27.0", "1.29.0", "1.30.0")
# NuGet has the releases that PyPI has.
NUGET_NAMES: Mapping[str, str] = {
    "onnxruntime": "Microsoft.ML.OnnxRuntime",
    "onnxruntime-gpu": "Microsoft.ML.OnnxRuntime.Gpu",
    "onnxruntime-directml": "Microsoft.ML.OnnxRuntime.DirectML",
    "onnxruntime-openvino": "Intel.ML.OnnxRuntime.OpenVino",
}


@dataclass(frozen=True, slots=True)
class Release:
    """A package as its package manager names it, and its version.

    `has_providers` says whether it has the execution providers of the Python package; where no
    package has, it is the plain one for the CPU.
    """

    package: str
    version: str
    has_providers: bool

    @property
    def limits(self) -> Limits:
        """The newest models that it loads; a release that was not measured is taken for the newest that was."""
        return LIMITS.get(".".join(self.version.split(".")[:2])) or list(LIMITS.values())[-1]


def releases_for(runtime: Runtime) -> dict[str, Release]:
    """The release for `csharp`, `java` and `javascript` that is nearest to the package, and not newer where one is."""
    wanted = runtime.core_version or CPU.version
    on_maven = runtime.package if runtime.package in MAVEN else CPU.package
    on_nuget = runtime.package if runtime.package in NUGET_NAMES else CPU.package
    return {
        "csharp": Release(NUGET_NAMES[on_nuget], wanted, on_nuget == runtime.package),
        "java": Release(MAVEN_NAMES[on_maven], _nearest(MAVEN[on_maven], wanted), on_maven == runtime.package),
        "javascript": Release("onnxruntime-node", _nearest(NPM, wanted), runtime.package == CPU.package),
    }


def _nearest(releases: tuple[str, ...], wanted: str) -> str:
    older = [release for release in releases if _numbers(release) <= _numbers(wanted)]
    return older[-1] if older else releases[0]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
