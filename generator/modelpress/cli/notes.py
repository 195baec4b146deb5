"""What --verbose tells: which files had a say, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelpress.candidates import Ranking
    from modelpress.config.settings import Settings
    from modelpress.packaging.chosen import Chosen


def of_settings(settings: Settings) -> Iterator[str]:
    """One for each configuration file that says something."""
    files = {setting.where for setting in settings.values.values() if setting.origin in {"project", "user"}}
    return (f"settings from {file}" for file in sorted(files))


def of_ranking(ranking: Ranking) -> Iterator[str]:
    """One for each candidate that is not ranked."""
    return (f"{rejected.id} is not ranked: {rejected.reason}" for rejected in ranking.rejected)


def of_models(chosen: Chosen) -> Iterator[str]:
    """One for each model: where it was found."""
    for entry in chosen.entries:
        model = chosen.models[entry.candidate.id]
        size = sum(file.size for file in model.files.values())
        yield f"the model of {entry.candidate.id}: {model.place}, {len(model.files)} files, {size:,} bytes"
