"""The lock of a project: what it was made from, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from modelpress.bundle import Closing, Digest
from modelpress.candidates import ranking_document
from modelpress.packaging.answers import Answers
from modelpress.packaging.chosen import Chosen
from modelpress.packaging.rendering import Rendering
from modelpress.templating import Layer
from modelpress.version import __version__

LOCK_VERSION = 1
CHECKSUM = "checksum"


def lock_of(chosen: Chosen, rendering: Rendering, answers: Answers | None) -> Closing:
    """The entry that is written last. A project can be rendered again, and updated, where `answers` are given."""
    provenance = _provenance(chosen, rendering)
    if answers is not None:
        provenance["answers"] = answers.document()

    def content(digests: Mapping[str, Digest]) -> bytes:
        files = {path: {"sha256": digest.sha256, "size": digest.size} for path, digest in sorted(digests.items())}
        document = {**provenance, "files": files}
        document[CHECKSUM] = checksum(document)
        return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()

    return content


def checksum(document: Mapping[str, Any]) -> str:
    """SHA-256 of all that a lock says, however it is laid out: an edited lock shows."""
    said = {name: value for name, value in document.items() if name != CHECKSUM}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def layer_documents(layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
    """Each layer of templates, nearest first: its name, its kind, and the commit, hash or version that it is at."""
    return [{"name": layer.name, "kind": layer.kind, "version": layer.version()} for layer in layers]


def source_document(chosen: Chosen) -> dict[str, Any]:
    """The source without its place: a name, what it is, and the content id of its ranked candidates."""
    candidates = ranking_document(chosen.ranking, chosen.found.root)["candidates"]
    content_id = hashlib.sha256(json.dumps(candidates, sort_keys=True).encode()).hexdigest()
    return {"name": chosen.found.root.resolve().name, "kind": chosen.found.kind, "sha256": content_id}


def _provenance(chosen: Chosen, rendering: Rendering) -> dict[str, Any]:
    """What the project was made from: no path of this computer."""
    policy = chosen.request.policy
    return {
        "lock_version": LOCK_VERSION,
        "modelpress": __version__,
        "source": source_document(chosen),
        "candidate": chosen.entries[0].candidate.id,
        "ranking": {
            "by": [asdict(objective) for objective in policy.by],
            "tolerances": {name: str(tolerance) for name, tolerance in sorted(policy.tolerances.items())},
            "where": [f"{one.metric}{one.comparison}{one.limit:g}" for one in policy.constraints],
            "all": policy.everything,
        },
        "project": asdict(rendering.project),
        "layers": layer_documents(rendering.layers),
        "template_sets": [{"name": one.name, "layer": one.layer} for one in rendering.sets],
        "variables": {one.name: dict(rendering.settings.get(one.name, {})) for one in rendering.sets},
    }
