"""The render context: everything that a template may see, and nothing else.

The fields of `RenderContext` are the template variables: public API, documented by
`modelpress schema context` from the annotations here. Templates get plain data only (dict,
list, str, int, float, bool, None), never these objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any


@dataclass(frozen=True, slots=True)
class Doc:
    """What a context field means, with its unit, and an example value."""

    text: str
    example: Any = None


Metrics = dict[str, dict[str, Any]]
"""Metric name to {value, priority, higher_is_better}."""


@dataclass(frozen=True)
class ProjectContext:
    """The project that is rendered."""

    name: Annotated[str, Doc("Name of the project, free text.", "digits")]
    version: Annotated[str, Doc("Version of the project.", "1")]
    description: Annotated[str, Doc("One-line description, may be empty.", "Reads a digit.")] = ""


@dataclass(frozen=True)
class CandidateContext:
    """The candidate that is rendered."""

    id: Annotated[str, Doc("Unique id; contains Olive's model id.", "586a48e5")]
    rank: Annotated[int, Doc("Place over all accelerators, 1 is best.", 1)]
    rank_in_accelerator: Annotated[int, Doc("Place among the candidates of its accelerator, 1 is best.", 1)]
    accelerator: Annotated[str, Doc("Olive's folder name of the accelerator.", "cpu-cpu")]
    reason: Annotated[str, Doc("Why the candidate stands where it does.", "best latency-avg: 0.0382")]
    metrics: Annotated[
        Metrics | None,
        Doc(
            "Metric name to {value, priority, higher_is_better}; none where nothing was measured.",
            {"latency-avg": {"value": 0.0382, "priority": 1, "higher_is_better": False}},
        ),
    ]
    input_metrics: Annotated[Metrics | None, Doc("The same for the model that the run began with.")]
    history: Annotated[
        list[dict[str, Any]],
        Doc(
            "Passes from the input model to the candidate: {model_id, pass_name, config}.",
            [{"model_id": "ad05817c", "pass_name": None, "config": None}],
        ),
    ]
    inference_settings: Annotated[dict[str, Any] | None, Doc("Olive's inference_settings as recorded, or none.")]
    model_config: Annotated[
        dict[str, Any],
        Doc(
            "Olive's {type, config} with every path relative to the bundle.",
            {"type": "onnxmodel", "config": {"model_path": "model/model.onnx"}},
        ),
    ]


@dataclass(frozen=True)
class RankedContext:
    """One row of the ranking."""

    id: Annotated[str, Doc("Unique id.", "586a48e5")]
    rank: Annotated[int, Doc("Place over all accelerators, 1 is best.", 1)]
    accelerator: Annotated[str, Doc("Olive's folder name of the accelerator.", "cpu-cpu")]
    reason: Annotated[str, Doc("Why it stands where it does.", "best latency-avg: 0.0382")]
    metrics: Annotated[Metrics | None, Doc("As candidate.metrics.")]
    model_config: Annotated[
        dict[str, Any],
        Doc("Olive's {type, config}; paths relative to the bundle where the model is in it.", {"type": "onnxmodel"}),
    ]


@dataclass(frozen=True)
class ModelContext:
    """The files and the signature of the model."""

    name: Annotated[str, Doc("Name for people: the stem of the file or folder.", "digits_cnn")]
    format: Annotated[str, Doc("onnx, composite, openvino, genai or other.", "onnx")]
    folder: Annotated[str, Doc("Folder of the model in the bundle.", "model")]
    path: Annotated[
        str,
        Doc(
            "What a runtime loads, relative to the bundle: a file, or the folder (composite, genai, other).",
            "model/model.onnx",
        ),
    ]
    files: Annotated[
        list[dict[str, Any]],
        Doc(
            "All model files: {path, size}, path relative to the bundle, size in bytes.",
            [{"path": "model/model.onnx", "size": 221652}],
        ),
    ]
    size: Annotated[int, Doc("Size of all model files in bytes.", 221652)]
    inputs: Annotated[
        list[dict[str, Any]],
        Doc(
            "Inputs: {name, kind, dtype, shape}, and element, key or value for the kinds that have them.",
            [{"name": "input", "kind": "tensor", "dtype": "float32", "shape": ["batch", 1, 8, 8]}],
        ),
    ]
    outputs: Annotated[
        list[dict[str, Any]],
        Doc(
            "Outputs, of the same form.",
            [{"name": "logits", "kind": "tensor", "dtype": "float32", "shape": ["batch", 10]}],
        ),
    ]
    opset: Annotated[dict[str, int], Doc('Domain to opset version; "" is ai.onnx.', {"": 17})]
    ir_version: Annotated[int | None, Doc("ONNX IR version; none for a format that has none.", 8)]
    domains: Annotated[list[str], Doc("Domains that need a custom-op library.", [])]
    external_data: Annotated[list[str], Doc("External data files, relative to the model's folder.", [])]
    metadata: Annotated[dict[str, str], Doc("The model's own metadata.", {})]
    components: Annotated[
        list[dict[str, Any]], Doc("Composite models: {name, path, inputs, outputs}, in order of use.", [])
    ]
    sha256: Annotated[str | None, Doc("SHA-256 of the model file, for sets that say `needs: [hash]`.")] = None


@dataclass(frozen=True)
class RuntimeContext:
    """How the model is to be run."""

    package: Annotated[str, Doc("Python package of the runtime.", "onnxruntime")]
    version: Annotated[str, Doc("Version of that package.", "1.31.1")]
    python_version: Annotated[str, Doc("Python version of generated projects.", "3.11")]
    execution_providers: Annotated[
        list[dict[str, Any]],
        Doc("Providers in order of preference: {name, options}.", [{"name": "CPUExecutionProvider", "options": {}}]),
    ]
    session_options: Annotated[
        dict[str, Any], Doc("Session options as recorded, nulls left out.", {"intra_op_num_threads": 2})
    ]
    io_bind: Annotated[bool, Doc("Whether inputs and outputs are bound to the device.", example=False)]
    extensions: Annotated[bool, Doc("Whether onnxruntime-extensions must be registered.", example=False)]


@dataclass(frozen=True)
class RenderContext:
    """All that a template may see."""

    project: Annotated[ProjectContext, Doc("The project.")]
    candidate: Annotated[CandidateContext, Doc("The candidate that is rendered.")]
    candidates: Annotated[list[RankedContext], Doc("Every ranked candidate, best first.")]
    model: Annotated[ModelContext, Doc("Its model.")]
    runtime: Annotated[RuntimeContext, Doc("How it is run.")]
    golden: Annotated[dict[str, Any] | None, Doc("Golden vectors, or none.")] = None
    settings: Annotated[
        dict[str, dict[str, Any]], Doc("Each template set's own variables, under the set's name.", {})
    ] = field(default_factory=dict)
