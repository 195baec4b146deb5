"""A ranking as the JSON document that `modelpress rank --format json` prints."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from modelpress.candidates.candidate import Candidate
from modelpress.candidates.ranking.objectives import unmeasured
from modelpress.candidates.ranking.ranking import Ranking


def ranking_document(ranking: Ranking, root: Path) -> dict[str, Any]:
    """Plain data for JSON. `root` is the folder (or zip) that was read.

    A model's path is the recorded one, relative to `root` where it lies under it. A figure
    that JSON cannot hold is null, and a warning says which it was.
    """
    warnings = list(ranking.warnings)
    candidates = []
    for entry in ranking.entries:
        candidate = entry.candidate
        candidates.append(
            {
                "rank": entry.rank,
                "id": candidate.id,
                "accelerator": candidate.accelerator,
                "metrics": _metrics(candidate, warnings),
                "model_path": _relative(candidate.model.path, root),
                "reason": entry.reason,
                "on_pareto_front": entry.on_pareto_front,
            }
        )
    rejected = [{"id": one.id, "reason": one.reason} for one in ranking.rejected]
    return {"candidates": candidates, "rejected": rejected, "warnings": warnings}


def _metrics(candidate: Candidate, warnings: list[str]) -> dict[str, dict[str, Any]]:
    figures = {}
    for name, metric in candidate.metrics.items():
        value = metric.value
        if value is not None and not math.isfinite(value):
            warnings.append(f"{candidate.id}: {unmeasured(candidate, name)}, so it is null here")
            value = None
        figures[name] = {"value": value, "priority": metric.priority, "higher_is_better": metric.higher_is_better}
    return figures


def _relative(path: str, root: Path) -> str:
    place = Path(path)
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else path
