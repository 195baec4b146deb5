"""Olive's model_config for a model in a bundle: every path in it is relative and loads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from modelpress.candidates.candidate import ModelReference
from modelpress.model import ModelFiles
from modelpress.templating.context import ModelConfigItem
from modelpress.templating.mlflow_context import MLFLOW_FOLDER
from modelpress.templating.providers import olive_settings

ABSOLUTE = re.compile(r"/[^/]|[A-Za-z]:[\\/]|\\\\|~/|file://")
# Names in a graph begin with a slash as well (nodes_to_exclude: ["/encoder/MatMul"]).
GRAPH_KEY = re.compile(r"node|tensor|layer|module|initializer|(input|output)(_name)?s?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlacedModel:
    """A model's files and the folder of the bundle that they lie in.

    `sha256` is that of the model file, where a template set asked for it.
    """

    files: ModelFiles
    folder: str
    sha256: str | None = None

    def place(self, path: str) -> str:
        """A path in the model's folder ("" is the folder itself) as one in the bundle."""
        return f"{self.folder}/{path}" if path else self.folder


def bundled_config(reference: ModelReference, placed: PlacedModel | None) -> ModelConfigItem:
    """{type, config} as recorded, with the paths of the bundle; `model_path` is None for a model that is not in it."""
    config = _portable_config(reference)
    if reference.components:
        own = placed.files.components if placed else ()
        paths: list[str | None] = [one.path for one in own] or [None for _ in reference.components]
        config["model_components"] = [
            _single(component, placed, path) for component, path in zip(reference.components, paths, strict=True)
        ]
        config["model_path"] = placed.folder if placed else None
        return {"type": reference.type, "config": config}
    return _single(reference, placed, placed.files.path if placed else None)


def without_machine_paths(value: Any, key: str = "") -> Any:
    """`value` with every absolute path cut down to its last name; it says where a file lay on another computer."""
    if isinstance(value, Mapping):
        return {name: without_machine_paths(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_machine_paths(item, key) for item in value]
    if isinstance(value, str) and ABSOLUTE.match(value) and not GRAPH_KEY.search(key):
        return PureWindowsPath(value).name or PurePosixPath(value).name
    return value


def _portable_config(reference: ModelReference) -> dict[str, Any]:
    config: dict[str, Any] = without_machine_paths(reference.config)
    if "inference_settings" in config:
        # Kept as they are: what they name is on the computer that runs the model.
        config["inference_settings"] = olive_settings(reference.config["inference_settings"])
    return config


def _single(reference: ModelReference, placed: PlacedModel | None, path: str | None) -> ModelConfigItem:
    config = _portable_config(reference)
    if placed is None or path is None:
        config["model_path"] = None
    elif placed.files.format == "openvino":
        config["model_path"] = placed.folder  # Olive's OpenVINO models are folders
    elif path and (config.get("onnx_file_name") or PurePosixPath(placed.folder).name == MLFLOW_FOLDER):
        file = PurePosixPath(placed.place(path))
        config |= {"model_path": str(file.parent), "onnx_file_name": file.name}
    else:
        config["model_path"] = placed.place(path)
    attributes = config.get("model_attributes")
    if isinstance(attributes, dict) and isinstance(attributes.get("additional_files"), list):
        attributes["additional_files"] = _additional_files(attributes["additional_files"], placed)
    return {"type": reference.type, "config": config}


def _additional_files(names: list[Any], placed: PlacedModel | None) -> list[str]:
    """The files of the bundle by these names; the others are not in it."""
    by_name = {PurePosixPath(path).name: placed.place(path) for path in placed.files.files} if placed else {}
    portable = (PureWindowsPath(name).name for name in names if isinstance(name, str))
    return [by_name[name] for name in portable if name in by_name]
