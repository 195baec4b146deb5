"""Describes a model as MLflow's `onnx` flavour has it, without MLflow: no weight is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from modelpress.errors import UsageError
from modelpress.templating.context import ModelContext, ProviderItem, RenderContext, RuntimeContext, TensorItem
from modelpress.templating.mlflow_context import MlflowContext, MlflowSignature

MLFLOW = "3.17.2"
ONNX = "1.23.2"
# Element types that numpy has, by numpy's names; MLflow describes tensors of no others.
DTYPES: Final = frozenset(
    ("float16", "float32", "float64", "bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
)
# The members of ONNX Runtime's two enums. MLflow writes the mode as a word and the level as a number.
MODES: Final = {"ORT_SEQUENTIAL": 0, "ORT_PARALLEL": 1}
LEVELS: Final = {
    "ORT_DISABLE_ALL": 0,
    "ORT_ENABLE_BASIC": 1,
    "ORT_ENABLE_EXTENDED": 2,
    "ORT_ENABLE_LAYOUT": 3,
    "ORT_ENABLE_ALL": 99,
}
MODE_WORDS: Final = ("sequential", "parallel")
AS_THEY_ARE: Final = ("intra_op_num_threads", "inter_op_num_threads")
KNOWN: Final = frozenset((*AS_THEY_ARE, "execution_mode", "graph_optimization_level", "extra_session_config"))


def describe_mlflow(context: RenderContext, *, input_example: str | None = None) -> MlflowContext:
    """The model of a context, which must be of format onnx, as MLflow has it.

    `input_example` is the name of the file that holds inputs, where there is one. Raises
    UsageError for a session option whose value ONNX Runtime does not know.
    """
    runtime = context.runtime
    return MlflowContext(
        version=MLFLOW,
        uuid=_uuid(context),
        onnx_version=ONNX,
        providers=[_provider(one) for one in runtime.execution_providers],
        session_options=_session_options(runtime.session_options),
        signature=describe_signature(context.model),
        input_example=input_example,
        requirements=_requirements(runtime),
    )


def describe_signature(model: ModelContext) -> MlflowSignature | None:
    """MLflow's signature of the model; None where one of its inputs has none."""
    inputs, outputs = _tensors(model.inputs), _tensors(model.outputs)
    return {"inputs": inputs, "outputs": outputs} if inputs else None


def mlflow_limits(runtime: RuntimeContext, domains: Sequence[str]) -> Iterator[str]:
    """What MLflow does not do for a model that is run so, in sentences; `domains` are those of custom operators."""
    options = runtime.session_options
    left_out = sorted(name for name in options if name not in KNOWN)
    if left_out:
        yield f"MLflow does not know the session options {', '.join(left_out)}"
    if _member(options, "graph_optimization_level", LEVELS) == 0:
        yield "MLflow cannot switch graph optimization off: it runs the model at ONNX Runtime's default level"
    if domains:
        yield f"MLflow cannot run the model: it registers no custom-op library, and the domain {domains[0]!r} needs one"


def _uuid(context: RenderContext) -> str:
    made_from = [context.candidate.id, context.model.sha256, context.model.size]
    return hashlib.sha256(json.dumps(made_from).encode()).hexdigest()[:32]


def _provider(provider: ProviderItem) -> str | list[Any]:
    options = _as_texts(provider["options"])
    return [provider["name"], options] if options else provider["name"]


def _as_texts(options: Mapping[str, Any]) -> dict[str, str]:
    """Options as ONNX Runtime takes them: all text, truth values as 1 and 0."""
    return {
        name: str(int(value) if isinstance(value, bool) else value)
        for name, value in options.items()
        if value is not None
    }


def _session_options(recorded: Mapping[str, Any]) -> dict[str, Any]:
    options = {name: recorded[name] for name in AS_THEY_ARE if name in recorded}
    mode = _member(recorded, "execution_mode", MODES)
    if mode is not None:
        options["execution_mode"] = MODE_WORDS[mode]
    level = _member(recorded, "graph_optimization_level", LEVELS)
    if level is not None:
        options["graph_optimization_level"] = level
    extra = recorded.get("extra_session_config")
    if isinstance(extra, Mapping) and extra:
        options["extra_session_config"] = _as_texts(extra)
    return options


def _member(options: Mapping[str, Any], name: str, members: Mapping[str, int]) -> int | None:
    """The number of an enum's member that an option gives as a number (99) or a name (ORT_ENABLE_ALL, enable_all)."""
    value = options.get(name)
    if value is None:
        return None
    for member, number in members.items():
        if str(value).upper() in {member, member.removeprefix("ORT_"), str(number)}:
            return number
    raise UsageError(
        f"the session option {name} is {value!r}, which ONNX Runtime does not know",
        hint=f"It is one of {', '.join(members)}.",
    )


def _tensors(tensors: Sequence[TensorItem]) -> str | None:
    """The tensors as MLflow's JSON text; None where there is none, or one that MLflow cannot describe."""
    specs = [_tensor(tensor) for tensor in tensors]
    return json.dumps(specs) if specs and None not in specs else None


def _tensor(tensor: TensorItem) -> dict[str, Any] | None:
    shape, dtype = tensor["shape"], "str" if tensor["dtype"] == "string" else tensor["dtype"]
    if tensor["kind"] != "tensor" or shape is None or (dtype not in DTYPES and dtype != "str"):
        return None
    sizes = [size if isinstance(size, int) else -1 for size in shape]
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": sizes}, "name": tensor["name"]}


def _requirements(runtime: RuntimeContext) -> list[str]:
    return [f"mlflow=={MLFLOW}", f"onnx=={ONNX}", *runtime.requirements]
