"""What the settings say about rendering, for the commands that render."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.config.template_layers import TemplateLayer
    from modelpress.packaging.answers import Answers, Place
    from modelpress.packaging.chosen import Chosen
    from modelpress.packaging.golden import Golden
    from modelpress.packaging.rendering import Rendering
    from modelpress.pipeline import Prepared, Target
    from modelpress.templating import Layer, LayerSource

SAMPLES = "samples"


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a project of the chosen candidate is made of, as the settings want it."""

    rendering: Rendering
    golden: Golden
    answers: Answers


def ingredients_of(settings: Settings, chosen: Chosen, place: Place, source: Path | None) -> Ingredients:
    """What a project at that place is made of; `source` where it was named beside the settings."""
    from modelpress.packaging.answers import answers_of
    from modelpress.packaging.dimensions import dimensions_of
    from modelpress.packaging.project import DEFAULT_SETS

    render = settings.configuration.render
    dims = dimensions_of(chosen, render.dims)
    sets = render.sets or DEFAULT_SETS
    rendering = rendering_for(settings, chosen.request.source, sets, dims, render.variables)
    golden = golden_for(settings, chosen, dims, by_default=True)
    rank, name = chosen.entries[0].rank, rendering.project.name
    return Ingredients(rendering, golden, answers_of(settings, source, place, rank=rank, name=name))


def prepared_project(settings: Settings, chosen: Chosen, target: Target, source: Path | None = None) -> Prepared:
    """The plan of a project for the chosen candidate; `source` where it was named beside the settings."""
    from modelpress import pipeline
    from modelpress.packaging.answers import Place

    made = ingredients_of(settings, chosen, Place(target.path, target.home or target.path), source)
    return pipeline.plan_project(chosen, made.rendering, target, made.golden, made.answers)


def rendering_for(
    settings: Settings,
    source: Path,
    sets: Sequence[str],
    dims: Mapping[str, int],
    said: Mapping[str, Mapping[str, object]],
) -> Rendering:
    """The template sets of these names with what is `said` of their variables; sizes are a variable of the samples."""
    from modelpress.packaging.rendering import Rendering
    from modelpress.templating import ProjectContext

    configuration = settings.configuration
    project = configuration.project
    variables = dict(said)
    if dims and SAMPLES in sets:
        sizes = [f"{name}={size}" for name, size in dims.items()]
        variables[SAMPLES] = {"dims": sizes, **variables.get(SAMPLES, {})}
    context = ProjectContext(project.name or name_of(source), project.version, project.description)
    rendering = Rendering.of(context, layers_of(settings), sets, variables)
    return replace(rendering, runtime_version=configuration.render.runtime_version)


def golden_for(settings: Settings, chosen: Chosen, dims: Mapping[str, int], *, by_default: bool) -> Golden:
    """The golden vectors of the best model, where the settings ask for them; real inputs ask for them as well."""
    from modelpress.model.golden import Wishes
    from modelpress.packaging.golden import NO_GOLDEN, golden_of

    render = settings.configuration.render
    wanted = by_default or render.inputs is not None if render.golden is None else render.golden
    if not wanted:
        return NO_GOLDEN
    inputs = None if render.inputs is None else settings.resolve("render.inputs", render.inputs)
    return golden_of(chosen, Wishes(dims, inputs))


def layers_of(settings: Settings) -> tuple[Layer, ...]:
    """Where template sets are looked for."""
    from modelpress.templating import search_path

    return search_path([_layer_source(settings, said) for said in settings.configuration.templates])


def _layer_source(settings: Settings, said: TemplateLayer) -> LayerSource:
    from modelpress.config.template_layers import FolderLayer, GitLayer
    from modelpress.templating import FolderSource, GitSource, ZipSource

    if isinstance(said, str):
        return FolderSource(settings.resolve("templates", said))
    if isinstance(said, FolderLayer):
        return FolderSource(settings.resolve("templates", said.folder), said.name)
    if isinstance(said, GitLayer):
        return GitSource(said.git, said.commit, said.path, said.name)
    return ZipSource(settings.resolve("templates", said.zip), said.sha256, said.path, said.name)


def name_of(source: Path) -> str:
    """A name for what is made from a source: the stem of a file, or the folder that says more than `config.json`."""
    path = source.resolve()
    if path.is_dir() or path.suffix in {".json", ".yaml", ".yml", ".csv"}:
        folder = path if path.is_dir() else path.parent
        return folder.name or "model"
    return path.stem


def output_folder(settings: Settings, run_folder: Path) -> Path:
    """The folder for results: as configured, or else that of the run."""
    output = settings.configuration.output
    return run_folder if output is None else settings.resolve("output", output)
