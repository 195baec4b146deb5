"""What of a model is run for golden vectors: its ONNX files, or a folder of ONNX Runtime GenAI."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from modelpress.bundle import ExistingFile
from modelpress.filetree import reading
from modelpress.model.files import Component, ModelFiles
from modelpress.model.golden.task import NoVectorsError
from modelpress.model.golden.types import unsupported
from modelpress.model.runtime import EXTENSIONS_DOMAINS
from modelpress.model.signature import ModelSignature, TensorSpec, TypeSpec

GENAI_CONFIG: Final = "genai_config.json"
PROMPT: Final = TensorSpec("prompt", TypeSpec("tensor", "string", ()))
"""The one input of a model that generates text, as golden vectors have it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a runtime loads: `path` is an ONNX file in the model's folder, or "" for the whole folder.

    `graphs` are its ONNX files and `data` the others that it needs, by their paths in that
    folder; `anchor` is one of them, beside or below which the others lie.
    """

    path: str
    anchor: str
    inputs: tuple[TensorSpec, ...]
    graphs: tuple[str, ...]
    data: tuple[str, ...]
    extensions: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.graphs, *self.data)


def parts_of(model: ModelFiles) -> tuple[Part, ...]:
    """The parts in the order that they run in. Raises NoVectorsError where there can be no golden vectors."""
    if model.format == "genai":
        return (_genai(model),)
    if model.format not in {"onnx", "composite"}:
        raise NoVectorsError(f"modelpress computes them for ONNX models, and this one's format is {model.format}")
    components = model.components or (Component(model.name, model.path, model.signature),)
    return tuple(_onnx(one) for one in components)


def _genai(model: ModelFiles) -> Part:
    graphs = tuple(path for path in model.files if path.endswith(".onnx"))
    data = tuple(path for path in model.files if path not in graphs)
    return Part("", GENAI_CONFIG, (PROMPT,), graphs, data)


def _onnx(component: Component) -> Part:
    signature, path = component.signature, component.path
    if signature is None:
        raise NoVectorsError("a component of the model is not an ONNX file")
    if strange := next(unsupported((*signature.inputs, *signature.outputs)), None):
        raise NoVectorsError(strange)
    foreign = [domain for domain in signature.custom_domains if domain not in EXTENSIONS_DOMAINS]
    if foreign:
        raise NoVectorsError(f"the model needs a custom-op library for the domain {foreign[0]!r}")
    data = tuple(str(PurePosixPath(path).parent / name) for name in signature.external_data)
    return Part(path, path, signature.inputs, (path,), data, _has_extensions(signature))


def _has_extensions(signature: ModelSignature) -> bool:
    return not EXTENSIONS_DOMAINS.isdisjoint(signature.custom_domains)


def on_disk(model: ModelFiles, part: Part, work: Path) -> Path:
    """What a runtime loads of the part: where it lies if all its files lie in their places there, or else a copy."""
    anchor = model.files[part.anchor]
    if isinstance(anchor, ExistingFile):
        folder, above = anchor.path.parent, PurePosixPath(part.anchor).parent
        places = {path: folder / PurePosixPath(path).relative_to(above) for path in part.files if path != part.anchor}
        entries = {path: model.files[path] for path in places}
        if all(isinstance(entry, ExistingFile) and entry.path == places[path] for path, entry in entries.items()):
            return anchor.path if part.path else folder
    for path in part.files:
        target = work / "model" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with reading(path), model.files[path].open() as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return work / "model" / part.path
