"""The bundle of a rendered project: one candidate's model and all that is rendered of it."""

from __future__ import annotations

from dataclasses import replace

from modelpress.bundle import LOCK_NAME, Bundle
from modelpress.packaging.answers import Answers
from modelpress.packaging.base import BASE_NAME, base_entry
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.docker import lock_wishes
from modelpress.packaging.golden import FOLDER, NO_GOLDEN, Golden
from modelpress.packaging.locks.lock import lock_entries
from modelpress.packaging.mlflow import input_example
from modelpress.packaging.provenance import lock_of
from modelpress.packaging.rendering import Rendering, merge, model_entries
from modelpress.templating import render_sets

MODEL_FOLDER = "model"
DEFAULT_SETS = ("candidate", "ranking", "readme", "samples")


def project_bundle(
    chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN, answers: Answers | None = None
) -> Bundle:
    """The project of the one candidate whose model was chosen, with its golden vectors and its lock.

    With `answers` the lock says how to render it again, and what was rendered is kept for updates.
    """
    ranked = chosen.entries[0]
    layout = rendering.layout(chosen, {ranked.candidate.id: MODEL_FOLDER})
    placed = layout.models[ranked.candidate.id]
    example = input_example(golden, chosen) if rendering.mlflow else {}
    context = rendering.context(layout, ranked, input_example=next(iter(example), None))
    context = replace(context, golden=golden.context(FOLDER))
    model = model_entries(placed) | {placed.place(name): entry for name, entry in example.items()}
    rendered = lock_entries(render_sets(context, rendering.sets), lock_wishes(chosen, context))
    parts = [model, golden.entries(FOLDER), rendered]
    if answers is not None:
        parts.append({BASE_NAME: base_entry(merge(parts[1:]))})
    return Bundle.of(merge(parts), {LOCK_NAME: lock_of(chosen, rendering, answers)})
