"""The render context: everything that a template may see, and nothing else.

The fields of `RenderContext` are the template variables: public API, documented by
`modelpress schema context` from the annotations here. Templates get plain data only (dict,
list, str, int, float, bool, None), never these objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Annotated, Any, NotRequired, TypedDict

from modelpress.templating.doc import Doc
from modelpress.templating.mlflow_context import MlflowContext
from modelpress.templating.plain import plain_data


class MetricItem(TypedDict):
    """One measured figure."""

    value: Annotated[float | None, Doc("The figure, in the unit of the metric; none where it is missing.", 0.0382)]
    priority: Annotated[int, Doc("As recorded; -1 is measured only.", 1)]
    higher_is_better: Annotated[bool | None, Doc("The direction; none where nobody said.", example=False)]


Metrics = dict[str, MetricItem]
"""Metric name to its figure."""


class ModelConfigItem(TypedDict):
    """Olive's model_config."""

    type: Annotated[str, Doc("onnxmodel, compositemodel, openvinomodel, ...", "onnxmodel")]
    config: Annotated[
        dict[str, Any],
        Doc(
            "Its configuration, without paths of the computer that it was made on.", {"model_path": "model/model.onnx"}
        ),
    ]


class StepItem(TypedDict):
    """One pass on the way to the candidate."""

    model_id: Annotated[str, Doc("Olive's id of the model that the pass made.", "586a48e5")]
    pass_name: Annotated[str | None, Doc("Name of the pass; none for the input model.", "OnnxQuantization")]
    config: Annotated[
        dict[str, Any] | None, Doc("Its configuration; none for the input model.", {"quant_mode": "static"})
    ]


class FileItem(TypedDict):
    """One file of the model."""

    path: Annotated[str, Doc("Path relative to the bundle.", "model/model.onnx")]
    size: Annotated[int, Doc("Size in bytes.", 221652)]


class TensorItem(TypedDict):
    """An input or an output."""

    name: Annotated[str, Doc("Name, free text.", "input")]
    type: Annotated[str, Doc("The type in words.", "float32[batch, 1, 8, 8]")]
    kind: Annotated[str, Doc("tensor, sparse_tensor, sequence, map, optional or opaque.", "tensor")]
    dtype: Annotated[str | None, Doc("Element type in numpy's names and those that numpy lacks.", "float32")]
    shape: Annotated[
        list[Any] | None,
        Doc("Sizes, names of symbolic dimensions, none for unknown; none for unknown rank.", ["batch", 1, 8, 8]),
    ]
    element: NotRequired[
        Annotated[dict[str, Any], Doc("What a sequence or an optional holds: kind, dtype, shape, ...")]
    ]
    key: NotRequired[Annotated[str | None, Doc("Element type of a map's keys.", "int64")]]
    value: NotRequired[Annotated[dict[str, Any], Doc("What a map holds, of the form of `element`.")]]


class ComponentItem(TypedDict):
    """One model of a composite."""

    name: Annotated[str, Doc("Its recorded name.", "features")]
    path: Annotated[str, Doc("What a runtime loads, relative to the bundle.", "model/features/model.onnx")]
    inputs: Annotated[list[TensorItem], Doc("Its inputs.")]
    outputs: Annotated[list[TensorItem], Doc("Its outputs.")]


class ProviderItem(TypedDict):
    """One execution provider."""

    name: Annotated[str, Doc("ONNX Runtime's name of it.", "CPUExecutionProvider")]
    options: Annotated[dict[str, Any], Doc("Its options.", {})]


class ImageItem(TypedDict):
    """A container image to start from."""

    name: Annotated[
        str,
        Doc(
            "Its reference, in which ${PYTHON_VERSION} stands for a version of Python.",
            "docker.io/library/python:${PYTHON_VERSION}-slim-bookworm",
        ),
    ]
    python_version: Annotated[str, Doc("Version of Python to take where nobody chooses.", "3.11")]
    has_python: Annotated[
        bool, Doc("Whether Python is in it; otherwise it is an Ubuntu that can install it.", example=True)
    ]


class ReleaseItem(TypedDict):
    """A release of ONNX Runtime for a language other than Python."""

    package: Annotated[str, Doc("Name of the package where the language gets its packages from.", "onnxruntime-node")]
    version: Annotated[str, Doc("Its version: the nearest to that of the Python package.", "1.30.0")]
    has_providers: Annotated[bool, Doc("Whether it has the execution providers of the Python package.", example=True)]
    ir_version: Annotated[int, Doc("Newest ONNX IR version that it loads.", 13)]
    opset: Annotated[int, Doc("Newest opset that it loads.", 26)]


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
            "Metric name to its figure; none where nothing was measured.",
            {"latency-avg": {"value": 0.0382, "priority": 1, "higher_is_better": False}},
        ),
    ]
    input_metrics: Annotated[Metrics | None, Doc("The same for the model that the run began with.")]
    history: Annotated[
        list[StepItem],
        Doc(
            "Passes from the input model to the candidate, in order.",
            [{"model_id": "ad05817c", "pass_name": None, "config": None}],
        ),
    ]
    configurations: Annotated[
        dict[str, Any],
        Doc(
            "The same as Olive's {model_id: config}, in order.",
            {"ad05817c": None, "586a48e5": {"quant_mode": "static"}},
        ),
    ]
    inference_settings: Annotated[
        dict[str, Any] | None,
        Doc("Olive's inference_settings with providers as text and parallel provider_options, or none."),
    ]
    model_config: Annotated[ModelConfigItem, Doc("Olive's model_config with every path relative to the bundle.")]


@dataclass(frozen=True)
class RankedContext:
    """One row of the ranking."""

    id: Annotated[str, Doc("Unique id.", "586a48e5")]
    rank: Annotated[int, Doc("Place over all accelerators, 1 is best.", 1)]
    accelerator: Annotated[str, Doc("Olive's folder name of the accelerator.", "cpu-cpu")]
    reason: Annotated[str, Doc("Why it stands where it does.", "best latency-avg: 0.0382")]
    metrics: Annotated[Metrics | None, Doc("As candidate.metrics.")]
    model_config: Annotated[
        ModelConfigItem,
        Doc("Olive's model_config; its path is relative to the bundle, or none where the model is not in the bundle."),
    ]

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The row as plain data, made once: the contexts of all candidates hold the same rows."""
        row: dict[str, Any] = plain_data(self, f"candidates[{self.rank - 1}]")
        return row


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
    files: Annotated[list[FileItem], Doc("All model files, sorted by path.")]
    size: Annotated[int, Doc("Size of all model files in bytes.", 221652)]
    inputs: Annotated[list[TensorItem], Doc("Inputs; empty for a format without a signature of its own.")]
    outputs: Annotated[list[TensorItem], Doc("Outputs, likewise.")]
    opset: Annotated[dict[str, int], Doc('Domain to opset version; "" is ai.onnx.', {"": 17})]
    ir_version: Annotated[int | None, Doc("ONNX IR version; none for a format that has none.", 8)]
    domains: Annotated[list[str], Doc("Domains of operators that ONNX Runtime lacks.", [])]
    external_data: Annotated[list[str], Doc("External data files, relative to the model's folder.", [])]
    metadata: Annotated[dict[str, str], Doc("The model's own metadata.", {})]
    components: Annotated[list[ComponentItem], Doc("The models of a composite, in order of use; else empty.")]
    unknown_domains: Annotated[list[str], Doc("Those of `domains` that onnxruntime-extensions lacks as well.", [])] = (
        field(default_factory=list)
    )
    unsupported: Annotated[
        list[str], Doc("Sentences about inputs and outputs of types that ONNX Runtime does not run.", [])
    ] = field(default_factory=list)
    sha256: Annotated[str | None, Doc("SHA-256 of the model file, for sets that say `needs: [hash]`.")] = None


@dataclass(frozen=True)
class RuntimeContext:
    """How the model is to be run."""

    package: Annotated[str, Doc("Python package of the runtime.", "onnxruntime")]
    version: Annotated[str, Doc("Version of that package.", "1.31.1")]
    python_version: Annotated[str, Doc("Python version of generated projects.", "3.11")]
    execution_providers: Annotated[list[ProviderItem], Doc("Execution providers in order of preference.")]
    session_options: Annotated[
        dict[str, Any], Doc("Session options as recorded, nulls left out.", {"intra_op_num_threads": 2})
    ]
    image: Annotated[ImageItem, Doc("Image with the libraries that the execution providers need.")]
    io_bind: Annotated[bool, Doc("Whether inputs and outputs are bound to the device.", example=False)]
    extensions: Annotated[bool, Doc("Whether onnxruntime-extensions must be registered.", example=False)]
    requirements: Annotated[
        list[str], Doc("What pip installs to run the model, each at its version.", ["onnxruntime==1.31.1"])
    ]
    releases: Annotated[
        dict[str, ReleaseItem], Doc("Where other languages get ONNX Runtime from: csharp, java, javascript.")
    ]


@dataclass(frozen=True)
class GoldenContext:
    """Inputs, and the outputs that the model must give for them."""

    path: Annotated[
        str,
        Doc("golden.json relative to the bundle, with inputs.npz and outputs.npz beside it.", "golden/golden.json"),
    ]
    dimensions: Annotated[dict[str, int], Doc("Sizes of the free dimensions, by NAME or INPUT:AXIS.", {"batch": 1})]
    guessed: Annotated[list[str], Doc("Those of them that nobody gave.", ["batch"])]
    runtime: Annotated[str, Doc("What computed the outputs.", "onnxruntime 1.31.1")]


@dataclass(frozen=True)
class RenderContext:
    """All that a template may see."""

    project: Annotated[ProjectContext, Doc("The project.")]
    candidate: Annotated[CandidateContext, Doc("The candidate that is rendered.")]
    candidates: Annotated[list[RankedContext], Doc("Every ranked candidate, best first.")]
    model: Annotated[ModelContext, Doc("Its model.")]
    runtime: Annotated[RuntimeContext, Doc("How it is run.")]
    golden: Annotated[GoldenContext | None, Doc("Golden vectors, or none where the bundle has none.")] = None
    mlflow: Annotated[MlflowContext | None, Doc("The model as MLflow has it, for sets that say `needs: [mlflow]`.")] = (
        None
    )
    settings: Annotated[
        dict[str, dict[str, Any]],
        Doc(
            "The variables of every set in the bundle, under the set's name (also for a set that has none).",
            {"readme": {}},
        ),
    ] = field(default_factory=dict)


def as_plain(context: RenderContext) -> dict[str, Any]:
    """The context as templates see it: plain data only. Raises ModelpressError where it holds anything else."""
    names = [one.name for one in fields(context) if one.name != "candidates"]
    plain = {name: plain_data(getattr(context, name), name) for name in names}
    return plain | {"candidates": [row.plain for row in context.candidates]}
