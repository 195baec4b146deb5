"""The form of our own list of candidates: candidates.yaml, .json or .csv.

These are the types that the list is validated against and that its JSON Schema is made from;
the text below a field is its description there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from annotated_types import Ge

Size = Annotated[int, Ge(1)]
RULES = {"extra": "forbid", "use_attribute_docstrings": True}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a metric counts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = RULES

    priority: int | None = None
    """Place among the objectives, 1 decides first. Without one the metric is for information only."""

    higher_is_better: bool | None = None
    """The direction; needed with a priority."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, with what differs from the list's own rule for the metric."""

    __pydantic_config__: ClassVar[dict[str, Any]] = RULES

    value: float | None
    """The value, in any unit that is the same for all candidates; null where it could not be measured."""

    priority: int | None = None
    """As in `metrics` of the list."""

    higher_is_better: bool | None = None
    """As in `metrics` of the list."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One step of a candidate's history."""

    __pydantic_config__: ClassVar[dict[str, Any]] = RULES

    model_id: str
    """Id of the model after this step."""

    pass_name: str | None = None
    """Name of the step; none for the model that it all began with."""

    config: dict[str, Any] | None = None
    """Its options."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model with metrics."""

    __pydantic_config__: ClassVar[dict[str, Any]] = RULES

    model: str
    """Path of the model file or folder, relative to the list."""

    id: str | None = None
    """Unique name; the path of the model where it is left out."""

    accelerator: str = "cpu-cpu"
    """Device and execution provider, as Olive names them: `cpu-cpu`, `gpu-cuda`, `npu-qnn`."""

    metrics: dict[str, float | Figure | None] = field(default_factory=dict)
    """Metric name to value, or to {value, priority, higher_is_better}."""

    inference_settings: dict[str, Any] | None = None
    """Olive's inference_settings: execution_provider, provider_options, session_options, io_bind."""

    history: list[Pass] = field(default_factory=list)
    """How the model was made, the original model first."""

    onnx_file_name: str | None = None
    """The file to load where `model` is a folder with several."""

    dims: dict[str, Size] = field(default_factory=dict)
    """Sizes of free dimensions, NAME or INPUT:AXIS to a size, beside those of the list and before them."""

    type: str | None = None
    """Olive's type of the model; `openvinomodel` for a .xml file and `onnxmodel` otherwise where it is left out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Candidates for modelpress."""

    __pydantic_config__: ClassVar[dict[str, Any]] = RULES

    candidates: list[Entry]
    """The candidates; their order is the last tie-break."""

    metrics: dict[str, Rule] = field(default_factory=dict)
    """Metric name to how it counts, for all candidates."""

    input_metrics: dict[str, float | Figure | None] = field(default_factory=dict)
    """What was measured of the original model."""

    dims: dict[str, Size] = field(default_factory=dict)
    """Sizes of free dimensions of all candidates, NAME or INPUT:AXIS to a size; `--dim` goes before them."""


def listing_schema() -> dict[str, Any]:
    """The JSON Schema of the list."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(Listing).json_schema()
    schema["properties"]["$schema"] = {"type": "string", "description": "Where this schema is, for editors."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
