"""The bundle of a rendered project: one candidate's model and all that is rendered of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from modelpress.bundle import LOCK_NAME, Bundle, Closing, Digest
from modelpress.candidates import ranking_document
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.docker import lock_wishes
from modelpress.packaging.golden import FOLDER, NO_GOLDEN, Golden
from modelpress.packaging.locks.lock import lock_entries
from modelpress.packaging.mlflow import input_example
from modelpress.packaging.rendering import Rendering, merge, model_entries
from modelpress.templating import render_sets
from modelpress.version import __version__

MODEL_FOLDER = "model"
LOCK_VERSION = 1
DEFAULT_SETS = ("candidate", "ranking", "readme", "samples")


def project_bundle(chosen: Chosen, rendering: Rendering, golden: Golden = NO_GOLDEN) -> Bundle:
    """The project of the one candidate whose model was chosen, with its golden vectors and its lock."""
    ranked = chosen.entries[0]
    layout = rendering.layout(chosen, {ranked.candidate.id: MODEL_FOLDER})
    placed = layout.models[ranked.candidate.id]
    example = input_example(golden, chosen) if rendering.mlflow else {}
    context = rendering.context(layout, ranked, input_example=next(iter(example), None))
    context = replace(context, golden=golden.context(FOLDER))
    model = model_entries(placed) | {placed.place(name): entry for name, entry in example.items()}
    rendered = lock_entries(render_sets(context, rendering.sets), lock_wishes(chosen, context))
    entries = merge([model, golden.entries(FOLDER), rendered])
    return Bundle.of(entries, {LOCK_NAME: _lock(_provenance(chosen, rendering))})


def _provenance(chosen: Chosen, rendering: Rendering) -> dict[str, Any]:
    """What the project was made from. No path of this computer: `source` is a name and a content id."""
    policy = chosen.request.policy
    return {
        "lock_version": LOCK_VERSION,
        "modelpress": __version__,
        "source": {"name": chosen.found.root.resolve().name, "kind": chosen.found.kind, "sha256": _content_id(chosen)},
        "candidate": chosen.entries[0].candidate.id,
        "ranking": {
            "by": [asdict(objective) for objective in policy.by],
            "tolerances": {name: str(tolerance) for name, tolerance in sorted(policy.tolerances.items())},
            "where": [f"{one.metric}{one.comparison}{one.limit:g}" for one in policy.constraints],
            "all": policy.everything,
        },
        "project": asdict(rendering.project),
        "template_sets": [{"name": one.name, "layer": one.layer} for one in rendering.sets],
        "variables": {one.name: dict(rendering.settings.get(one.name, {})) for one in rendering.sets},
    }


def _content_id(chosen: Chosen) -> str:
    """SHA-256 of the ranked candidates as `rank` prints them: the same wherever the source lies."""
    candidates = ranking_document(chosen.ranking, chosen.found.root)["candidates"]
    return hashlib.sha256(json.dumps(candidates, sort_keys=True).encode()).hexdigest()


def _lock(provenance: Mapping[str, Any]) -> Closing:
    """The entry that is written last: the provenance, then every file's size in bytes and SHA-256."""

    def content(digests: Mapping[str, Digest]) -> bytes:
        files = {path: {"sha256": digest.sha256, "size": digest.size} for path, digest in sorted(digests.items())}
        document = {**provenance, "files": files}
        return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()

    return content
