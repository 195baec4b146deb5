"""Which NuGet packages a runtime needs, and which of all that come with them C++ can use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from modelpress.errors import UsageError
from modelpress.model import Runtime, releases_for
from modelpress.model.runtime import CPU
from modelpress.packaging.nuget.nuspec import Dependency, Nuspec
from modelpress.packaging.nuget.versions import Range, Version

# By the Python package; of the same version.
GENAI: Mapping[str, str] = {
    "onnxruntime-genai": "Microsoft.ML.OnnxRuntimeGenAI",
    "onnxruntime-genai-cuda": "Microsoft.ML.OnnxRuntimeGenAI.Cuda",
    "onnxruntime-genai-directml": "Microsoft.ML.OnnxRuntimeGenAI.DirectML",
}
# Beside the plain package, whose version they have; for Python it is a package with the provider alone.
PROVIDERS: Mapping[str, str] = {"onnxruntime-qnn": "Microsoft.ML.OnnxRuntime.QNN"}
EXTENSIONS = ("Microsoft.ML.OnnxRuntime.Extensions", "0.14.0")  # NuGet's last; the C# sample names it too
MACHINES: Mapping[str, str] = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "i686": "x86"}


def packages_for(runtime: Runtime) -> tuple[Dependency, ...]:
    """What runs the model in C++ and C#: the packages that correspond to those for Python.

    Raises UsageError for a version that NuGet cannot have.
    """
    release = releases_for(runtime)["csharp"]
    if runtime.package in GENAI:  # it depends on ONNX Runtime itself, and only an asked version of that is named
        asked = [one.partition("==")[2] for one in runtime.beside if one.startswith(f"{CPU.package}==")]
        pinned = [(GENAI[runtime.package], runtime.version), *((release.package, version) for version in asked)]
    else:
        pinned = [(release.package, release.version)]
    if runtime.package in PROVIDERS:
        pinned.append((PROVIDERS[runtime.package], release.version))
    pinned += [EXTENSIONS] if runtime.extensions else []
    return tuple(Dependency(name, Range.exactly(_version(version))) for name, version in pinned)


def _version(text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError:
        raise UsageError(
            f"--runtime-version {text}: NuGet has no versions of that form",
            hint="Give a release such as 1.31.1, or no --native-feed.",
        ) from None


def lacking(runtime: Runtime) -> str:
    """What the packages do not have that the one for Python has; empty where nothing is lost."""
    if runtime.package in {*GENAI, *PROVIDERS} or releases_for(runtime)["csharp"].has_providers:
        return ""
    return f"NuGet has no package with the execution providers of {runtime.package}: these are for the CPU"


def is_for_cpp(package: Nuspec, wanted: Iterable[Dependency], platforms: Sequence[str]) -> bool:
    """Whether C++ on one of the platforms (tags of wheels) can use the package: one that was wanted, or native."""
    if package.name.lower() in {one.name.lower() for one in wanted}:
        return True
    if package.runtimes:
        return any(_runs(identifier, platform) for identifier in package.runtimes for platform in platforms)
    return not package.is_managed


def _runs(identifier: str, platform: str) -> bool:
    """Whether a runtime identifier (linux-x64, osx.10.14-arm64, win-x64) is that of a platform (win_amd64)."""
    system = "win" if platform.startswith("win") else "osx" if platform.startswith("macosx") else "linux"
    machine = next((short for name, short in MACHINES.items() if platform.endswith(f"_{name}")), None)
    own_system, _, own_machine = identifier.lower().partition("-")
    return own_system.split(".")[0] == system and (not own_machine or machine in {None, own_machine})
