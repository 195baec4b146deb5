"""What a scoring script can serve: a warning where a set for an endpoint renders none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from modelpress.packaging.chosen import Chosen
from modelpress.packaging.rendering import Rendering

RENDERED: Final[Mapping[str, str]] = {"azure-online": "score.py", "azure-batch": "batch_score.py"}
"""Set to the script that it renders."""
SCORED: Final = ("onnx", "composite")


def scoring_remarks(chosen: Chosen, rendering: Rendering) -> Iterator[str]:
    """That a script of one's own is needed, where the model's format has none and none is named."""
    best = chosen.models[chosen.entries[0].candidate.id]
    for name, script in RENDERED.items() if best.format not in SCORED else ():
        if name in rendering.settings and rendering.settings[name]["scoring_script"] == script:
            yield (
                f"{name}: no scoring script is rendered for a model of the format {best.format}; "
                f"put one of your own into scoring/ and name it with --var {name}.scoring_script=FILE"
            )
