"""MLflow models in a bundle: where they lie, which models can be one, and their input example."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from modelpress.bundle import Entry, RenderedText
from modelpress.errors import UsageError
from modelpress.model import ModelFiles
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.golden import DOCUMENT, Golden
from modelpress.templating import MLFLOW_FOLDER

INPUT_EXAMPLE: Final = "input_example.json"
HINT: Final = "Leave it out of what is ranked, or package it without export_in_mlflow_format (mlflow: false)."
NOT_IN_NUMPY: Final = ("bfloat16", "float8", "int4", "uint4")  # how the names of such element types begin
WHOLE: Final = ("int64", "uint64")  # golden.json holds them as text


def mlflow_folders(chosen: Chosen, folders: Mapping[str, str]) -> dict[str, str]:
    """The folder of each chosen model, by candidate id: `mlflow_model` in the candidate's folder of `folders`.

    Raises UsageError for a model that MLflow's onnx flavour cannot hold.
    """
    for name, files in chosen.models.items():
        _refuse_unfit(name, files)
    return {name: f"{folder}/{MLFLOW_FOLDER}" for name, folder in folders.items()}


def _refuse_unfit(candidate: str, files: ModelFiles) -> None:
    why = None
    if files.format != "onnx":
        why = f"it holds one ONNX file, and this model's format is {files.format}"
    elif "/" in files.path:
        why = f"the ONNX file must lie beside MLmodel, and this one is {files.path!r}"
    if why:
        raise UsageError(f"candidate {candidate} cannot be an MLflow model: {why}", hint=HINT)


def input_example(golden: Golden, chosen: Chosen) -> dict[str, Entry]:
    """The file of inputs by name that MLflow reads, made from the golden inputs of the best candidate.

    Empty where there are none, or where one is nothing that MLflow reads back as it was.
    """
    signature = chosen.models[chosen.entries[0].candidate.id].signature
    if golden.vectors is None or signature is None or any(spec.type.shape is None for spec in signature.inputs):
        return {}
    inputs = json.loads(golden.vectors.files[DOCUMENT])["inputs"]
    if not all(map(_is_readable, inputs)):
        return {}
    example = {one["name"]: _nested(_elements(one), one["shape"]) for one in inputs}
    return {INPUT_EXAMPLE: RenderedText((json.dumps(example) + "\n").encode())}


def _is_readable(value: Mapping[str, Any]) -> bool:
    """Whether JSON and numpy hold the value: a tensor of finite numbers, of truth values or of text, none empty."""
    if value["kind"] != "tensor" or value["dtype"].startswith(NOT_IN_NUMPY) or 0 in value["shape"]:
        return False
    return value["dtype"] == "string" or all(isinstance(one, int | float) for one in _elements(value))


def _elements(value: Mapping[str, Any]) -> list[Any]:
    data: list[Any] = value["data"]
    return [int(one) for one in data] if value["dtype"] in WHOLE else data


def _nested(data: list[Any], shape: Sequence[int]) -> Any:
    """Elements in row-major order as lists in lists of the shape, which has no 0."""
    for size in reversed(shape[1:]):
        data = [data[start : start + size] for start in range(0, len(data), size)]
    return data if shape else data[0]
