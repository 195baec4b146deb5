"""A model on its own: an ONNX file, a folder that holds a model, or Olive's model_config.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from modelpress.candidates.candidate import CandidateSet, ModelReference
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.accelerator import DEFAULT, accelerator_of_settings
from modelpress.candidates.reading.assembly import Record, assemble
from modelpress.candidates.reading.olive.saved_model import GENAI_CONFIG, MODEL_CONFIG, is_model_config, saved_model
from modelpress.candidates.reading.recorded_values import mapping, text
from modelpress.candidates.reading.source import Source, children
from modelpress.errors import ModelpressError
from modelpress.filetree import FileTree, TreePath

name = "model"


def recognises(source: Source) -> bool:
    """A .onnx file, a model configuration, or a folder with one of these, a GenAI or an OpenVINO model."""
    if source.tree is None:
        return source.path.suffix.lower() == ".onnx" or is_model_config(source.data)
    files = children(source.tree)[0]
    return bool({MODEL_CONFIG, GENAI_CONFIG} & set(files) or _onnx(files) or _openvino(files))


def read(source: Source, *, strict: bool) -> CandidateSet:
    """One candidate without metrics; its id is the name of the file or of the folder."""
    tree = source.tree or source.beside
    model = _of_folder(tree) if source.tree else _of_file(source, tree)
    accelerator = accelerator_of_settings(model.inference_settings) or DEFAULT
    stem = source.path.stem if source.path.is_file() else source.path.absolute().name
    record = Record(stem or name, accelerator, model)
    return assemble(CandidateSet(name, source.path, tree.location, ()), [record], strict=strict)


def _of_file(source: Source, tree: FileTree) -> ModelReference:
    if is_model_config(source.data):
        return saved_model(TreePath(tree, source.path.name))
    return _reference("onnxmodel", source.path.name)


def _of_folder(tree: FileTree) -> ModelReference:
    files = children(tree)[0]
    if MODEL_CONFIG in files:
        return saved_model(TreePath(tree, MODEL_CONFIG))
    if GENAI_CONFIG in files:
        model = mapping(mapping(datafile.load(TreePath(tree, GENAI_CONFIG))).get("model"))
        return _reference("onnxmodel", ".", text(mapping(model.get("decoder")).get("filename")))
    found = _onnx(files)
    if len(found) > 1 and "model.onnx" not in found:
        raise ModelpressError(
            f"{tree.location} holds {len(found)} models: {', '.join(found[:5])}",
            hint="Give one of the .onnx files, or list them in a candidates.yaml.",
            file=str(tree.location),
        )
    if found:
        return _reference("onnxmodel", found[0] if len(found) == 1 else "model.onnx")
    return _reference("openvinomodel", ".")


def _onnx(files: Sequence[str]) -> list[str]:
    return [file for file in files if file.lower().endswith(".onnx")]


def _openvino(files: Sequence[str]) -> list[str]:
    """The graphs that have their weights beside them."""
    return [file for file in files if file.endswith(".xml") and f"{PurePosixPath(file).stem}.bin" in files]


def _reference(kind: str, path: str, file_name: str | None = None) -> ModelReference:
    return ModelReference(kind, path, file_name, config={"model_path": path, "onnx_file_name": file_name})
