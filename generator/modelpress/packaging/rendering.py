"""What is rendered into a bundle: the project's name, the template sets, and their variables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BufferedIOBase
from typing import Any, cast

from modelpress.bundle import Entry
from modelpress.candidates import Ranked
from modelpress.errors import ModelpressError
from modelpress.filetree import reading
from modelpress.model import ModelFiles, compatibility_warnings
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.mlflow import mlflow_folders
from modelpress.packaging.runtime import runtime_of
from modelpress.templating import (
    Layer,
    Layout,
    PlacedModel,
    ProjectContext,
    RenderContext,
    TemplateSet,
    build_context,
    describe_mlflow,
    find_set,
    load_sets,
    mlflow_limits,
    resolve_settings,
    runtime_context,
)


@dataclass(frozen=True, slots=True)
class Rendering:
    """The template sets of a bundle and what they are given.

    `runtime_version` is the version of ONNX Runtime that was asked for, None to take the usual one.
    `layers` are where the sets were looked for.
    """

    project: ProjectContext
    sets: tuple[TemplateSet, ...]
    settings: Mapping[str, Mapping[str, Any]]
    runtime_version: str | None = None
    layers: tuple[Layer, ...] = ()

    @classmethod
    def of(
        cls,
        project: ProjectContext,
        layers: Sequence[Layer],
        names: Sequence[str],
        variables: Mapping[str, Mapping[str, object]],
    ) -> Rendering:
        """The sets of these names on the search path. Raises UsageError for an unknown set or variable."""
        library = load_sets(layers)
        sets = tuple(find_set(library, name) for name in dict.fromkeys(names))
        return cls(project, sets, resolve_settings(sets, variables), layers=tuple(layers))

    def only(self, *names: str) -> tuple[TemplateSet, ...]:
        """The sets of these names among the chosen ones."""
        return tuple(one for one in self.sets if one.name in names)

    @property
    def mlflow(self) -> bool:
        """Whether the models are MLflow models."""
        return any("mlflow" in one.needs for one in self.sets)

    def layout(self, chosen: Chosen, folders: Mapping[str, str]) -> Layout:
        """Where each model lies in the bundle: `folders` of the candidates by id, or MLflow's folders in them.

        Raises UsageError for a model that cannot be an MLflow model where it should be one.
        """
        folders = mlflow_folders(chosen, folders) if self.mlflow else folders
        hashed = any("hash" in one.needs for one in self.sets)
        placed = {
            name: PlacedModel(files, folders[name], _model_sha256(files) if hashed else None)
            for name, files in chosen.models.items()
        }
        return Layout(chosen.ranking, placed)

    def context(self, layout: Layout, ranked: Ranked, *, input_example: str | None = None) -> RenderContext:
        """All that the templates see of one candidate; `input_example` is MLflow's file of inputs, if there is one."""
        runtime = runtime_of(ranked, layout.models[ranked.candidate.id].files, self.runtime_version)
        context = build_context(self.project, layout, ranked, runtime, self.settings)
        if self.mlflow:
            context = replace(context, mlflow=describe_mlflow(context, input_example=input_example))
        return context


def runtime_warnings(chosen: Chosen, rendering: Rendering) -> tuple[str, ...]:
    """What about the chosen models does not fit the runtime that they need."""
    warnings: dict[str, None] = {}
    for ranked in chosen.entries:
        files = chosen.models[ranked.candidate.id]
        runtime = runtime_of(ranked, files, rendering.runtime_version)
        signature = files.signature
        found = (*runtime.warnings, *(compatibility_warnings(signature, runtime) if signature else ()))
        warnings |= dict.fromkeys(f"candidate {ranked.candidate.id}: {warning}" for warning in found)
    return tuple(warnings)


def mlflow_warnings(chosen: Chosen, rendering: Rendering) -> tuple[str, ...]:
    """What MLflow does not do for the chosen models, where they are MLflow models."""
    warnings: list[str] = []
    for ranked in chosen.entries if rendering.mlflow else ():
        files = chosen.models[ranked.candidate.id]
        runtime = runtime_context(ranked.candidate, runtime_of(ranked, files, rendering.runtime_version))
        limits = mlflow_limits(runtime, files.signature.custom_domains if files.signature else ())
        warnings += [f"candidate {ranked.candidate.id}: {limit}" for limit in limits]
    return tuple(warnings)


def model_entries(placed: PlacedModel) -> dict[str, Entry]:
    """The files of a model by their path in the bundle."""
    return {placed.place(path): entry for path, entry in placed.files.files.items()}


def merge(parts: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    """All parts as one; two that write one path are an error."""
    merged: dict[str, Entry] = {}
    for part in parts:
        twice = merged.keys() & part.keys()
        if twice:
            raise ModelpressError(
                f"{min(twice)} is written twice, by a model or a template set",
                hint="Rename the file, or leave the template set out.",
            )
        merged |= part
    return merged


def _model_sha256(files: ModelFiles) -> str | None:
    entry = files.files.get(files.path)
    if entry is None:
        return None
    with reading(files.path), entry.open() as source:
        return hashlib.file_digest(cast(BufferedIOBase, source), "sha256").hexdigest()
