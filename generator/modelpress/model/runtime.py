"""Which package of ONNX Runtime fits a list of execution providers, and what it can load."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from modelpress.model.signature import ModelSignature


@dataclass(frozen=True, slots=True)
class Limits:
    """The newest IR version and ai.onnx opset that a release of ONNX Runtime loads."""

    ir_version: int
    opset: int


# Measured: each release was given models of one Identity node with rising versions.
LIMITS: Mapping[str, Limits] = {
    "1.17": Limits(9, 20),
    "1.18": Limits(10, 21),
    "1.19": Limits(10, 21),
    "1.20": Limits(10, 21),
    "1.21": Limits(10, 22),
    "1.22": Limits(10, 22),
    "1.23": Limits(11, 23),
    "1.24": Limits(13, 25),
    "1.25": Limits(13, 26),
    "1.26": Limits(13, 26),
    "1.27": Limits(13, 26),
    "1.28": Limits(13, 26),
    "1.29": Limits(13, 26),
    "1.30": Limits(13, 26),
    "1.31": Limits(13, 26),
    "1.32": Limits(14, 28),
}


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Python package that runs the model: `package==version`.

    `extra` is modelpress's own extra that installs it, where there is one. `core_version` is
    the ONNX Runtime inside it, None for a package that uses whichever ONNX Runtime is installed.
    `beside` are further packages that the model needs, each `package==version`; `extensions`
    says that onnxruntime-extensions is one of them, whose operators must be registered.
    """

    package: str
    version: str
    extra: str | None
    core_version: str | None
    warnings: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    extensions: bool = False

    @property
    def requirements(self) -> tuple[str, ...]:
        """What pip installs to run the model, itself first."""
        return (f"{self.package}=={self.version}", *self.beside)

    @property
    def limits(self) -> Limits | None:
        """What it can load; None where that has not been measured."""
        release = ".".join((self.core_version or "").split(".")[:2])
        return LIMITS.get(release)


CPU = Runtime("onnxruntime", "1.31.1", "cpu", "1.31.1")
GPU = Runtime("onnxruntime-gpu", "1.31.1", "gpu", "1.31.1")

# By name in lower case, without "ExecutionProvider". The packages cannot live side by side.
RUNTIMES: Mapping[str, Runtime] = {
    "cpu": CPU,
    "azure": CPU,
    "coreml": CPU,
    "cuda": GPU,
    "tensorrt": GPU,
    "dml": Runtime("onnxruntime-directml", "1.24.4", "directml", "1.24.4"),
    "openvino": Runtime("onnxruntime-openvino", "1.24.1", "openvino", "1.24.1"),
    "qnn": Runtime("onnxruntime-qnn", "2.7.0", None, None),
    "rocm": Runtime("onnxruntime-rocm", "1.22.2.post3", None, "1.22.2"),
    "migraphx": Runtime("onnxruntime-migraphx", "1.27.1", None, "1.27.1"),
    "webgpu": Runtime("onnxruntime-webgpu", "1.27.0", None, "1.27.0"),
    "cann": Runtime("onnxruntime-cann", "1.24.4", None, "1.24.4"),
}

# What runs folders of ONNX Runtime GenAI, by the package of ONNX Runtime that it brings.
GENAI: Mapping[str, Runtime] = {
    "onnxruntime": Runtime("onnxruntime-genai", "0.18.0", "genai", None),
    "onnxruntime-gpu": Runtime("onnxruntime-genai-cuda", "0.18.0", None, None),
    "onnxruntime-directml": Runtime("onnxruntime-genai-directml", "0.14.1", None, None),
}
EXTENSIONS = ("onnxruntime-extensions", "0.15.2")
EXTENSIONS_DOMAINS = frozenset({"ai.onnx.contrib", "com.microsoft.extensions"})
"""The domains of its operators."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Where versions come from: `asked` of ONNX Runtime, else the `installed` one of a package, else its default."""

    asked: str | None = None
    installed: Callable[[str], str | None] = lambda _: None


DEFAULT_VERSIONS = Versions()


def runtime_for(
    providers: Sequence[str],
    versions: Versions = DEFAULT_VERSIONS,
    *,
    genai: bool = False,
    extensions: bool = False,
) -> Runtime:
    """The package for execution providers in order of preference ("CUDAExecutionProvider", ...).

    The first provider that the plain package does not have decides; without one it is the
    plain package. `genai` says that the model is a folder of ONNX Runtime GenAI, `extensions`
    that it has operators of onnxruntime-extensions.
    """
    known = {name: RUNTIMES.get(_short(name)) for name in providers}
    warnings = [f"no package of ONNX Runtime is known to have {name}" for name, found in known.items() if not found]
    special = {name: found for name, found in known.items() if found and found is not CPU}
    chosen = next(iter(special.values()), CPU)
    warnings += [
        f"{name} needs {found.package}, which cannot be installed beside {chosen.package}"
        for name, found in special.items()
        if found.package != chosen.package
    ]
    runtime = _for_genai(chosen, versions) if genai else _for_models(chosen, versions)
    beside = (*runtime.beside, *((_pinned(*EXTENSIONS, versions),) if extensions else ()))
    return replace(runtime, warnings=tuple(warnings), beside=beside, extensions=extensions)


def _for_models(chosen: Runtime, versions: Versions) -> Runtime:
    """The package at its version; one with a provider alone needs ONNX Runtime beside it."""
    if chosen.core_version is None:
        core = _for_models(CPU, versions)
        own = versions.installed(chosen.package) or chosen.version
        return replace(chosen, version=own, beside=core.requirements)
    version = versions.asked or versions.installed(chosen.package)
    return replace(chosen, version=version, core_version=version) if version else chosen


def _for_genai(chosen: Runtime, versions: Versions) -> Runtime:
    """The library brings the ONNX Runtime that it was built with, unless a version of that is asked for."""
    core = chosen if chosen.package in GENAI else CPU
    library = GENAI[core.package]
    beside = (f"{core.package}=={versions.asked}",) if versions.asked else ()
    return replace(library, version=versions.installed(library.package) or library.version, beside=beside)


def _pinned(package: str, default: str, versions: Versions) -> str:
    return f"{package}=={versions.installed(package) or default}"


def compatibility_warnings(signature: ModelSignature, runtime: Runtime) -> tuple[str, ...]:
    """One sentence for each version of the model that is newer than the runtime loads."""
    limits = runtime.limits
    if limits is None:
        return ()
    versions = [
        ("IR version", signature.ir_version, limits.ir_version),
        ("opset", signature.opset.get("", 0), limits.opset),
    ]
    return tuple(
        f"the model has {what} {version}, and {runtime.package} {runtime.version} loads {what} {limit} at most"
        for what, version, limit in versions
        if version > limit
    )


def _short(provider: str) -> str:
    return provider.lower().removesuffix("executionprovider")
