"""Olive's model configuration, {type, config}, as a reference to a model."""

from __future__ import annotations

from typing import Any

from modelpress.candidates.candidate import ModelReference
from modelpress.candidates.reading.recorded_values import items, kind_of, mapping, text
from modelpress.errors import ModelpressError

DEPTH_LIMIT = 4  # a composite of composites; Olive writes one level


def model_reference(record: object, depth: int = 0) -> ModelReference:
    """The model of a node, of a rank entry or of a model_config.json.

    `type` is compared in lower case, since Olive writes `onnxmodel` where its documentation
    and older releases have `ONNXModel`. Raises ModelpressError where the record names no model.
    """
    record = mapping(record)
    kind, config = text(record.get("type")), record.get("config")
    if kind is None:
        raise ModelpressError(f"its model configuration has no type, but {kind_of(record.get('type'))}")
    if not isinstance(config, dict):
        raise ModelpressError(f"its model configuration has {kind_of(config)} for config")
    components = _components(config, depth)
    path = recorded_path(config.get("model_path"))
    if path is None and not components:
        raise ModelpressError("its model configuration names no model_path")
    return ModelReference(
        type=kind.lower(),
        path=path or "",
        onnx_file_name=text(config.get("onnx_file_name")),
        component_names=tuple(name for name in items(config.get("model_component_names")) if isinstance(name, str)),
        components=components,
        config=config,
    )


def recorded_path(value: object) -> str | None:
    """A path as Olive records it: text, or before 0.7 a resource, {type, config: {path}}."""
    return text(value) or text(mapping(mapping(value).get("config")).get("path"))


def _components(config: dict[str, Any], depth: int) -> tuple[ModelReference, ...]:
    records = items(config.get("model_components"))
    if records and depth == DEPTH_LIMIT:
        raise ModelpressError("its model configuration nests components too deeply")
    return tuple(model_reference(record, depth + 1) for record in records)
