"""What a run offers: candidate models with their metrics, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured figure of a candidate. `higher_is_better` None: nobody said, so it cannot decide an order.

    `priority` is kept as it was recorded (Olive writes -1 for "measured only", and for some
    objectives too); `objective` is the place among the objectives that was worked out from
    it, 1 first, None for a figure that plays no part in the order.
    """

    name: str
    value: float | None
    higher_is_better: bool | None = None
    priority: int = -1
    objective: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One pass on the way from the input model to the candidate; `config` None for the input."""

    model_id: str
    pass_name: str | None
    config: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ModelReference:
    """The model of a candidate as it was recorded; the files themselves are found later.

    `type` is lower case (`onnxmodel`, `compositemodel`, `openvinomodel`, ...). `path` is as
    recorded: a file or a folder, on whichever computer the run took place. `config` is
    Olive's `model_config["config"]`, verbatim.
    """

    type: str
    path: str
    onnx_file_name: str | None = None
    component_names: tuple[str, ...] = ()
    components: tuple[ModelReference, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inference_settings(self) -> Mapping[str, Any] | None:
        """Those of its configuration, None where they are absent or empty."""
        settings = self.config.get("inference_settings")
        return settings if isinstance(settings, dict) and settings else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model with metrics.

    `id` is unique within what was read and contains Olive's model id. `accelerator` is
    Olive's folder name for it (`cpu-cpu`, `gpu-cuda`). `order` is the place in the run, the
    last tie-break of every ranking. `on_pareto_front` is what the run itself recorded (None:
    nothing). `selected` says whether the source offers it as a result of its own accord.
    `input_metrics` are those of the model that the run began with. `dims` are sizes of free
    dimensions for whoever runs the model, by NAME or INPUT:AXIS.
    """

    id: str
    accelerator: str
    model: ModelReference
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    order: int = 0
    inference_settings: Mapping[str, Any] | None = None
    history: tuple[Step, ...] = ()
    input_metrics: Mapping[str, Metric] | None = None
    on_pareto_front: bool | None = None
    goals_met: bool = True
    selected: bool = True
    dims: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that was left out, and why; `unusable` where its record or its files are at fault."""

    id: str
    reason: str
    unusable: bool = False


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """All that a reader found: `candidates.read(path)` returns one.

    `source` is the path that was read and `root` the folder or zip that model paths are
    looked for in. `pareto_default` says that a ranking starts from the Pareto front unless
    the user asks for all.
    """

    kind: str
    source: Path
    root: Path
    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[str, ...] = ()
    pareto_default: bool = False
