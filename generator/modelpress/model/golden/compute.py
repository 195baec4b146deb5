"""Computes golden vectors in a child process, which a hostile or a huge model may exhaust."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from modelpress.bundle import Entry
from modelpress.errors import UsageError
from modelpress.filetree import reading
from modelpress.isolation import run_module, visible
from modelpress.model.files import ModelFiles
from modelpress.model.golden.cache import GoldenCache
from modelpress.model.golden.parts import Part, on_disk, parts_of
from modelpress.model.golden.task import NAMES, RESULT, Component, NoVectorsError, Task
from modelpress.model.golden.tolerance import Arithmetic, arithmetic_of
from modelpress.model.runtime import GENAI, RUNTIMES, Runtime

TIME_LIMIT: Final = 300  # seconds, for loading and all runs together
MEMORY_BASE: Final = 4 << 30  # bytes of address space for Python, ONNX Runtime and what a model computes
MEMORY_FACTOR: Final = 6  # the file, its parsed form, packed weights, and as much again while they are made
CHILD: Final = "modelpress.model.golden.child"
CHUNK: Final = 1 << 20  # bytes hashed at a time
WHOLE_RUNTIMES: Final = tuple(one for one in RUNTIMES.values() if one.core_version)
GENAI_LIBRARIES: Final = tuple(GENAI.values())
COARSENESS: Final[tuple[Arithmetic, ...]] = ("full", "half", "quantized")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says about golden vectors: sizes by NAME or INPUT:AXIS, real inputs, the seed of the others."""

    dims: Mapping[str, int] = field(default_factory=dict)
    inputs: Path | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GoldenVectors:
    """golden.json and the two .npz files by name, and what they were computed with.

    `dimensions` are the sizes of free dimensions; `guessed` names those nobody gave.
    `unstable` names the outputs that differ from run to run.
    """

    files: Mapping[str, bytes]
    dimensions: Mapping[str, int]
    guessed: tuple[str, ...]
    unstable: tuple[str, ...]
    note: str
    runtime: str


def compute_golden(model: ModelFiles, provider: str, wishes: Wishes) -> GoldenVectors:
    """Golden vectors of a model of format onnx, composite or genai; `provider` is the candidate's own.

    The same model, wishes and runtime give the same bytes, and are computed once: the user's
    cache folder keeps them. Raises NoVectorsError where there can be none, and UsageError where
    the given sizes or inputs do not fit the model.
    """
    parts = parts_of(model)
    package, version = installed_runtime(GENAI_LIBRARIES if model.format == "genai" else WHOLE_RUNTIMES)
    digests = {path: _sha256(model.files[path]) for part in parts for path in part.files}
    header = {
        "model_sha256": _model_sha256([digests[path] for part in parts for path in part.graphs]),
        "runtime": {"package": package, "version": version, "provider": "CPUExecutionProvider"},
    }
    cache = GoldenCache.of([header, digests, provider, dict(wishes.dims), wishes.seed, _inputs_sha256(wishes.inputs)])
    found = cache.load()
    if found is None:
        with tempfile.TemporaryDirectory(prefix="modelpress-golden-") as folder:
            work = Path(folder)
            found = _run(_task(model, parts, work, (header, provider, wishes)))
        cache.store(found)
    result = json.loads(found[RESULT])
    return GoldenVectors(
        files={name: found[name] for name in NAMES},
        dimensions={name: one["size"] for name, one in result["dimensions"].items()},
        guessed=tuple(name for name, one in result["dimensions"].items() if one["origin"] == "guessed"),
        unstable=tuple(result["unstable"]),
        note=result["note"],
        runtime=f"{package} {version}",
    )


def installed_runtime(runtimes: Sequence[Runtime]) -> tuple[str, str]:
    """The first of the packages that is installed, and its version; raises NoVectorsError where there is none."""
    from modelpress.installation import package_version

    for package in dict.fromkeys(one.package for one in runtimes):
        version = package_version(package)
        if version is not None:
            return package, version
    usual = runtimes[0]
    raise NoVectorsError(
        f"{usual.package} is not installed", hint=f"Install it: pip install 'modelpress[{usual.extra}]'"
    )


def _sha256(entry: Entry) -> str:
    digest = hashlib.sha256()
    with reading("the model"), entry.open() as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _model_sha256(digests: list[str]) -> str:
    """That of the ONNX file; of several that of their hashes, a line for each."""
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(f"{one}\n" for one in digests).encode()).hexdigest()
    )


def _inputs_sha256(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", hint="Give an .npz file: --inputs FILE.npz."
        ) from None


def _task(model: ModelFiles, parts: tuple[Part, ...], work: Path, asked: tuple[Mapping[str, Any], str, Wishes]) -> Task:
    header, provider, wishes = asked
    graphs = [path for part in parts for path in part.graphs]
    arithmetic: Arithmetic = max(
        (arithmetic_of(model.files[path], path) for path in graphs), key=COARSENESS.index, default="full"
    )
    size = sum(model.files[path].size for part in parts for path in part.files)
    return Task(
        components=tuple(Component(on_disk(model, part, work), part.inputs) for part in parts),
        folder=work,
        arithmetic=arithmetic,
        provider=provider,
        memory=MEMORY_BASE + MEMORY_FACTOR * size,
        header=header,
        dims=wishes.dims,
        inputs=None if wishes.inputs is None else wishes.inputs.resolve(),
        seed=wishes.seed,
        extensions=any(part.extensions for part in parts),
        generates=model.format == "genai",
    )


def _run(task: Task) -> dict[str, bytes]:
    """Let a child process do the task; its files by name. Raises as `compute_golden`."""
    # ONNX Runtime leaves files in the folder for temporary ones: that is the task's own, which goes with it.
    environment = {**visible("LD_LIBRARY_PATH"), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(task.folder))}
    try:
        ended = run_module(CHILD, task.to_json().encode(), environment, TIME_LIMIT)
    except OSError as error:
        raise NoVectorsError(f"no process can be started to run the model in: {error}") from None
    if ended.code is None:
        raise NoVectorsError(
            f"running the model took longer than {TIME_LIMIT} seconds", hint="Give smaller sizes with --dim."
        )
    result = task.folder / RESULT
    if ended.code or not result.is_file():
        raise NoVectorsError(f"running the model {ended}")
    content = result.read_bytes()
    refused = json.loads(content).get("error")
    if refused:
        kind = UsageError if refused["kind"] == "usage" else NoVectorsError
        raise kind(refused["message"], hint=refused["hint"], file=refused["file"])
    return {RESULT: content, **{name: (task.folder / name).read_bytes() for name in NAMES}}
