"""The bundles of the packaging types of Azure ML: models, data assets, and a project to deploy.

Each holds the files to upload and the YAML that says what is made of them; an executor takes it
as it is, written to disk or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modelpress.bundle import SUMS_NAME, Bundle, Entry, sha256sums
from modelpress.packaging.candidate_folders import CANDIDATE_SET, MLFLOW_SET, MODEL_FOLDER, candidate_folders
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.golden import NO_GOLDEN, Golden
from modelpress.packaging.project import project_bundle
from modelpress.packaging.rendering import Rendering, merge
from modelpress.packaging.scoring_code import ScoringCode
from modelpress.templating import render_sets

MODELS_SET: Final = "azure-models"
DATA_SET: Final = "azure-data"
RANKING_SET: Final = "ranking"
SCORING_FOLDER: Final = "scoring"
REQUIREMENTS = (f"{SCORING_FOLDER}/requirements.txt", f"{SCORING_FOLDER}/batch_requirements.txt")


def asset_set_names(asset_set: str, *, mlflow: bool = False) -> tuple[str, ...]:
    """The template sets that a bundle of assets is rendered from; `asset_set` is MODELS_SET or DATA_SET."""
    return (CANDIDATE_SET, RANKING_SET, asset_set, *((MLFLOW_SET,) if mlflow else ()))


def models_bundle(chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN) -> Bundle:
    """Every chosen candidate with its files, and the YAML that registers it as a model."""
    return _assets_bundle(chosen, rendering, golden, MODELS_SET)


def data_bundle(chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN) -> Bundle:
    """Every chosen candidate with its files, and the YAML that registers it as a data asset."""
    return _assets_bundle(chosen, rendering, golden, DATA_SET)


def deployment_bundle(
    chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN, code: ScoringCode | None = None
) -> Bundle:
    """The project of the best candidate, with the user's own code in place of the rendered one where there is any."""
    bundle = project_bundle(chosen.only_best, rendering, golden)
    if code is None:
        return bundle
    kept = {path: entry for path, entry in bundle.entries.items() if not _is_replaced(path)}
    own = {f"{SCORING_FOLDER}/{path}": entry for path, entry in code.files.items()}
    return Bundle.of({**kept, **own}, bundle.closings)


def _is_replaced(path: str) -> bool:
    """Whether a rendered file gives way to the user's code; requirements stay unless that brings its own."""
    return path.startswith(f"{SCORING_FOLDER}/") and path not in REQUIREMENTS


def _assets_bundle(chosen: Chosen, rendering: Rendering, golden: Golden, asset_set: str) -> Bundle:
    layout, parts = candidate_folders(chosen, rendering, golden)
    for ranked in chosen.entries:
        context = rendering.context(layout, ranked)
        parts.append(render_sets(context, rendering.only(asset_set)))
        if rendering.mlflow:
            parts.append(
                _described_inside(render_sets(context, rendering.only(CANDIDATE_SET)), parts, context.model.folder)
            )
    parts.append(render_sets(rendering.context(layout, chosen.entries[0]), rendering.only(RANKING_SET)))
    return Bundle.of(merge(parts), {SUMS_NAME: sha256sums})


def _described_inside(files: Mapping[str, Entry], parts: list[Mapping[str, Entry]], folder: str) -> dict[str, Entry]:
    """The files that describe a candidate, inside its MLflow model as well: that folder is all that is uploaded."""
    inside = {f"{folder}/{path.removeprefix(f'{MODEL_FOLDER}/')}": entry for path, entry in files.items()}
    return {path: entry for path, entry in inside.items() if not any(path in part for part in parts)}
