"""Contexts to try a template set with: an ordinary model, a hostile one, a bare one, a generative one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from modelpress.templating.context import (
    CandidateContext,
    GoldenContext,
    MetricItem,
    ModelContext,
    ProjectContext,
    RankedContext,
    ReleaseItem,
    RenderContext,
    RuntimeContext,
    TensorItem,
)
from modelpress.templating.mlflow import describe_mlflow
from modelpress.templating.sets import TemplateSet

# Quotes of every language, their ends, comments, markup, expansions, and characters that do not print.
HOSTILE = (
    "x\"); import os; os.system('id') #\\ '''\"\"\" */ --> ]]> `${HOME}` $(id) %PATH% {{ 7*7 }} | <b>"
    " \n\r\t\u202e\u2028\u00e9"
)
HOSTILE_NAME = "ma in'e`$(id)&;{}#é"  # as far as a file of a bundle can be called


SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


def sample_contexts() -> tuple[RenderContext, ...]:
    """The contexts that `templates check` renders."""
    return tuple(make() for make in SAMPLES.values())


def sample_context(name: str, template_set: TemplateSet) -> RenderContext:
    """The context of one of the SAMPLES, with what the set needs and without what it does not."""
    return fitted(SAMPLES[name](), template_set)


def fitted(context: RenderContext, template_set: TemplateSet) -> RenderContext:
    """The context as the set would see it: a hash is there for a set that needs one, and a model of one file."""
    hashed = "hash" in template_set.needs and context.model.format == "onnx"
    return replace(context, model=replace(context.model, sha256=SHA256 if hashed else None))


def _ordinary() -> RenderContext:
    candidate = _candidate("586a48e5")
    model = ModelContext(
        name="digits_cnn",
        format="onnx",
        folder="model",
        path="model/model.onnx",
        files=[{"path": "model/model.onnx", "size": 221652}],
        size=221652,
        inputs=[_tensor("input", ["batch", 1, 8, 8])],
        outputs=[_tensor("logits", ["batch", 10])],
        opset={"": 17},
        ir_version=8,
        domains=[],
        external_data=[],
        metadata={"author": "someone"},
        components=[],
    )
    runtime = RuntimeContext(
        package="onnxruntime",
        version="1.31.1",
        python_version="3.11",
        execution_providers=[{"name": "CPUExecutionProvider", "options": {}}],
        session_options={"intra_op_num_threads": 2},
        image={"name": "docker.io/library/python:3.11", "python_version": "3.11", "has_python": True},
        io_bind=False,
        extensions=False,
        requirements=["onnxruntime==1.31.1"],
        releases={
            "csharp": _release("Microsoft.ML.OnnxRuntime", "1.31.1"),
            "java": _release("onnxruntime", "1.29.0"),
            "javascript": _release("onnxruntime-node", "1.30.0"),
        },
    )
    rows = [_row(candidate, 1), replace(_row(candidate, 2), id="f70d676e", metrics=None)]
    golden = GoldenContext("golden/golden.json", {"batch": 1}, ["batch"], "onnxruntime 1.31.1")
    context = RenderContext(ProjectContext("digits", "1", "Reads a digit."), candidate, rows, model, runtime, golden)
    return replace(context, mlflow=describe_mlflow(context, input_example="input_example.json"))


def _hostile() -> RenderContext:
    base = _ordinary()
    metrics = {HOSTILE: _metric(float("nan")), "inf": _metric(float("-inf"))}
    candidate = replace(
        base.candidate,
        id=HOSTILE,
        reason=HOSTILE,
        metrics=metrics,
        input_metrics=metrics,
        history=[{"model_id": HOSTILE, "pass_name": HOSTILE, "config": {HOSTILE: [HOSTILE, None, float("inf")]}}],
        configurations={HOSTILE: {HOSTILE: HOSTILE}},
    )
    runtime = replace(
        base.runtime,
        execution_providers=[{"name": HOSTILE, "options": {HOSTILE: HOSTILE}}],
        session_options={HOSTILE: HOSTILE},
        extensions=True,
        requirements=[*base.runtime.requirements, "onnxruntime-extensions==0.15.2"],
        releases={name: {**one, "has_providers": False} for name, one in base.runtime.releases.items()},
    )
    rows = [_row(candidate, 1)]
    golden = GoldenContext("golden/golden.json", {HOSTILE: 2**40}, [HOSTILE], HOSTILE)
    model = _hostile_model(base.model)
    context = RenderContext(ProjectContext(HOSTILE, HOSTILE, HOSTILE), candidate, rows, model, runtime, golden)
    return replace(context, mlflow=describe_mlflow(context))


def _hostile_model(ordinary: ModelContext) -> ModelContext:
    folder = f"model/{HOSTILE_NAME}"
    held = {"kind": "tensor", "dtype": "string", "shape": [HOSTILE, None]}
    return replace(
        ordinary,
        name=HOSTILE,
        path=f"{folder}/model.onnx",
        files=[{"path": f"{folder}/model.onnx", "size": 2**40}],
        inputs=[
            _tensor(HOSTILE, [HOSTILE, None, 2**40]),
            {**_tensor("sequence", None), "kind": "sequence", "element": held},
        ],
        outputs=[{**_tensor(HOSTILE, None), "kind": "map", "key": "int64", "value": held}],
        opset={"": 17, HOSTILE: 1},
        domains=[HOSTILE],
        unknown_domains=[HOSTILE],
        unsupported=[HOSTILE],
        external_data=[HOSTILE_NAME],
        metadata={HOSTILE: HOSTILE},
    )


def _bare() -> RenderContext:
    """A composite without metrics, history or settings."""
    base = _ordinary()
    candidate = replace(
        base.candidate, metrics=None, input_metrics=None, history=[], configurations={}, inference_settings=None
    )
    part = {"inputs": base.model.inputs, "outputs": base.model.outputs}
    model = replace(
        base.model,
        format="composite",
        path="model",
        inputs=[],
        outputs=[],
        opset={},
        ir_version=None,
        metadata={},
        components=[
            {"name": name, "path": f"model/{name}/model.onnx", "inputs": part["inputs"], "outputs": part["outputs"]}
            for name in ("features", "classifier")
        ],
    )
    runtime = replace(base.runtime, session_options={})
    return RenderContext(ProjectContext("bare", "1"), candidate, [_row(candidate, 1)], model, runtime)


def _genai() -> RenderContext:
    """A folder of ONNX Runtime GenAI."""
    base = _ordinary()
    golden = GoldenContext("golden/golden.json", {}, [], "onnxruntime-genai 0.18.0")
    return replace(base, model=replace(base.model, format="genai", path="model"), golden=golden, mlflow=None)


def _release(package: str, version: str) -> ReleaseItem:
    return {"package": package, "version": version, "has_providers": True, "ir_version": 13, "opset": 26}


def _tensor(name: str, shape: list[object] | None) -> TensorItem:
    words = "..." if shape is None else ", ".join("?" if size is None else str(size) for size in shape)
    return {"name": name, "type": f"float32[{words}]", "kind": "tensor", "dtype": "float32", "shape": shape}


def _metric(value: float) -> MetricItem:
    return {"value": value, "priority": 1, "higher_is_better": False}


def _candidate(name: str) -> CandidateContext:
    metrics = {"latency-avg": _metric(0.0382), "size-bytes": _metric(221652)}
    return CandidateContext(
        id=name,
        rank=1,
        rank_in_accelerator=1,
        accelerator="cpu-cpu",
        reason="best latency-avg: 0.0382",
        metrics=metrics,
        input_metrics=metrics,
        history=[
            {"model_id": "ad05817c", "pass_name": None, "config": None},
            {"model_id": name, "pass_name": "OnnxQuantization", "config": {"quant_mode": "static"}},
        ],
        configurations={"ad05817c": None, name: {"quant_mode": "static"}},
        inference_settings={"execution_provider": ["CPUExecutionProvider"], "provider_options": [{}]},
        model_config={"type": "onnxmodel", "config": {"model_path": "model/model.onnx"}},
    )


def _row(candidate: CandidateContext, rank: int) -> RankedContext:
    return RankedContext(
        candidate.id, rank, candidate.accelerator, candidate.reason, candidate.metrics, candidate.model_config
    )


SAMPLES: Mapping[str, Callable[[], RenderContext]] = {
    "ordinary": _ordinary,
    "hostile": _hostile,
    "bare": _bare,
    "genai": _genai,
}
"""The models that sets are tried with, by name."""
