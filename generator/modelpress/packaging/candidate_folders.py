"""Every chosen candidate in a folder of its own, as Olive lays them out."""

from __future__ import annotations

from collections.abc import Mapping

from modelpress.bundle import Entry
from modelpress.candidates import Ranked
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.golden import NO_GOLDEN, Golden
from modelpress.packaging.mlflow import input_example
from modelpress.packaging.rendering import Rendering, model_entries
from modelpress.templating import Layout, render_sets

CANDIDATES = "CandidateModels"
MODEL_FOLDER = "model"  # what the template sets call it
CANDIDATE_SET, MLFLOW_SET = "candidate", "mlflow"


def candidate_folders(
    chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN
) -> tuple[Layout, list[Mapping[str, Entry]]]:
    """Where each model lies, and for each candidate, best first, its model and the files that describe it.

    An MLflow model of the best one has an input example where there are golden vectors.
    """
    folders = {ranked.candidate.id: candidate_folder(ranked) for ranked in chosen.entries}
    layout = rendering.layout(chosen, folders)
    sets = rendering.only(CANDIDATE_SET, MLFLOW_SET)
    example = input_example(golden, chosen) if rendering.mlflow else {}
    parts: list[Mapping[str, Entry]] = []
    for ranked in chosen.entries:
        placed = layout.models[ranked.candidate.id]
        context = rendering.context(layout, ranked, input_example=next(iter(example), None))
        mounted = {MODEL_FOLDER: folders[ranked.candidate.id]}
        parts += [model_entries(placed), {placed.place(name): entry for name, entry in example.items()}]
        parts.append(render_sets(context, sets, folders=mounted))
        example = {}  # golden vectors are those of the best, which comes first
    return layout, parts


def candidate_folder(ranked: Ranked) -> str:
    """`CandidateModels/<accelerator>/BestCandidateModel_<k>`: k is the rank within the accelerator."""
    return f"{CANDIDATES}/{ranked.candidate.accelerator}/BestCandidateModel_{ranked.rank_in_accelerator}"
