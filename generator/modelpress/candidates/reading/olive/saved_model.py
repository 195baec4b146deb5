"""A model as Olive saves it: its files in a folder, with model_config.json that names them by old paths."""

from __future__ import annotations

from dataclasses import replace

from modelpress.candidates.candidate import ModelReference
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.olive.model import model_reference
from modelpress.candidates.reading.recorded_paths import parts_of
from modelpress.candidates.reading.recorded_values import mapping
from modelpress.errors import ModelpressError
from modelpress.filetree import TreePath

MODEL_CONFIG = "model_config.json"
GENAI_CONFIG = "genai_config.json"


def is_model_config(data: object) -> bool:
    """Whether JSON data are a model configuration."""
    record = mapping(data)
    return isinstance(record.get("type"), str) and isinstance(record.get("config"), dict)


def saved_model(config_file: TreePath) -> ModelReference:
    """The model of a model_config.json, its paths relative to the top of the tree ("." is the top).

    Raises ModelpressError where the file is broken or is not a model configuration.
    """
    record = datafile.load(config_file)
    try:
        reference = model_reference(record)
    except ModelpressError as error:
        hint = "It holds type and config, and config holds model_path; save the model again with Olive."
        raise ModelpressError(f"{config_file}: {error.message}", hint=hint, file=str(config_file)) from None
    return _in_folder(reference, config_file.parent)


def _in_folder(reference: ModelReference, folder: TreePath) -> ModelReference:
    """The same model with its files in `folder`: by the last name of the recorded path, else by its file name.

    A file is taken alone, without the others of the folder, save where GenAI needs all and
    they are not listed.
    """
    components = tuple(_in_folder(component, folder) for component in reference.components)
    named = [*parts_of(reference.path)[-1:], reference.onnx_file_name or ""]
    listed = mapping(reference.config.get("model_attributes")).get("additional_files")
    if components or (not listed and folder.inside(GENAI_CONFIG).entry is not None):
        named = []
    places = [folder.inside(name) for name in named if name]
    gone = places[0] if places else folder  # a file that is gone stays named
    found = next((place for place in places if place.exists()), gone)
    return replace(reference, path=found.name or ".", components=components)
