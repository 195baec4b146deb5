"""The render context: what it is built of, what it documents, and that nothing else gets into it."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.bundle import RenderedText
from modelpress.candidates import Candidate, Metric, Ranked, Ranking
from modelpress.candidates.candidate import ModelReference, Step
from modelpress.errors import ModelpressError
from modelpress.model import Component, ModelFiles, ModelSignature, TensorSpec, TypeSpec, runtime_for
from modelpress.templating import (
    Layout,
    PlacedModel,
    ProjectContext,
    build_context,
    context_schema,
    execution_providers,
)
from modelpress.templating.checking.specimens import sample_contexts
from modelpress.templating.context import RenderContext, as_plain
from modelpress.templating.model_config import bundled_config, without_machine_paths
from modelpress.templating.providers import olive_settings, provider_of

TENSOR = TensorSpec("input", TypeSpec("tensor", "float32", ("batch", 1, None)))
SCORES = TensorSpec(
    "scores", TypeSpec("sequence", element=TypeSpec("map", key="int64", value=TypeSpec("tensor", "float32", ())))
)
SIGNATURE = ModelSignature((TENSOR,), (SCORES,), {"": 17}, 8, ("my.domain",), ("w.bin",), {"k": "v"})
ONNX = ModelFiles(
    "onnx", {"w.bin": RenderedText(b"12"), "model.onnx": RenderedText(b"1")}, "model.onnx", SIGNATURE, "digits"
)


def onnx(path: str = "/olive/cache/runs/1/models/model.onnx", **config: Any) -> ModelReference:
    return ModelReference("onnxmodel", path, config.get("onnx_file_name"), config={"model_path": path, **config})


def candidate(model: ModelReference | None = None, **fields: Any) -> Candidate:
    return Candidate("586a48e5", fields.pop("accelerator", "cpu-cpu"), model or onnx(), **fields)


def context_of(one: Candidate, files: ModelFiles = ONNX) -> RenderContext:
    ranked = Ranked(one, 1, 1, "the only one", on_pareto_front=None)
    layout = Layout(Ranking((ranked,), (), (), ()), {one.id: PlacedModel(files, "model", "ab" * 32)})
    return build_context(
        ProjectContext("digits", "1"), layout, ranked, runtime_for(["CPUExecutionProvider"]), {"readme": {}}
    )


def test_the_model_is_described_with_paths_of_the_bundle() -> None:
    model = as_plain(context_of(candidate()))["model"]
    assert model == {
        "name": "digits",
        "format": "onnx",
        "folder": "model",
        "path": "model/model.onnx",
        "files": [{"path": "model/model.onnx", "size": 1}, {"path": "model/w.bin", "size": 2}],
        "size": 3,
        "inputs": [
            {
                "name": "input",
                "kind": "tensor",
                "dtype": "float32",
                "shape": ["batch", 1, None],
                "type": "float32[batch, 1, ?]",
            }
        ],
        "outputs": [
            {
                "name": "scores",
                "kind": "sequence",
                "dtype": None,
                "shape": None,
                "element": {
                    "kind": "map",
                    "dtype": None,
                    "shape": None,
                    "key": "int64",
                    "value": {"kind": "tensor", "dtype": "float32", "shape": []},
                },
                "type": "sequence of map of int64 to float32[]",
            }
        ],
        "opset": {"": 17},
        "ir_version": 8,
        "domains": ["my.domain"],
        "unknown_domains": ["my.domain"],
        "unsupported": [],
        "external_data": ["w.bin"],
        "metadata": {"k": "v"},
        "components": [],
        "sha256": "ab" * 32,
    }


def test_the_runtime_follows_the_recorded_settings() -> None:
    recorded = {
        "execution_provider": [["CUDAExecutionProvider", {"device_id": 0}], "CPUExecutionProvider"],
        "io_bind": True,
        "session_options": {"intra_op_num_threads": 2, "execution_mode": None},
    }
    plain = as_plain(context_of(candidate(inference_settings=recorded)))
    assert plain["runtime"] == {
        "package": "onnxruntime",
        "version": runtime_for([]).version,
        "python_version": "3.11",
        "execution_providers": [
            {"name": "CUDAExecutionProvider", "options": {"device_id": 0}},
            {"name": "CPUExecutionProvider", "options": {}},
        ],
        "image": {
            "name": "docker.io/nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04",
            "python_version": "3.12",
            "has_python": False,
        },
        "session_options": {"intra_op_num_threads": 2},
        "io_bind": True,
        "extensions": False,
        "requirements": [f"onnxruntime=={runtime_for([]).version}"],
        "releases": plain["runtime"]["releases"],
    }
    assert plain["runtime"]["releases"]["java"] == {
        "package": "onnxruntime",
        "version": "1.29.0",
        "has_providers": True,
        "ir_version": 13,
        "opset": 26,
    }
    assert plain["candidate"]["inference_settings"] == {
        "execution_provider": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        "io_bind": True,
        "session_options": {"intra_op_num_threads": 2, "execution_mode": None},
        "provider_options": [{"device_id": 0}, {}],
    }


@pytest.mark.parametrize(
    ("settings_of", "expected"),
    [
        ({"execution_provider": ["A", "B"], "provider_options": [{"x": "1"}]}, [("A", {"x": "1"}), ("B", {})]),
        ({"execution_provider": ["A"], "provider_options": None}, [("A", {})]),
        (
            {"execution_provider": [["A", {"x": 1}], ["B"], []], "provider_options": [None]},
            [("A", {"x": 1}), ("B", {})],
        ),
        ({"execution_provider": "A"}, [("A", {})]),
        ({"execution_provider": []}, [("CPUExecutionProvider", {})]),
        (None, [("CPUExecutionProvider", {})]),
    ],
)
def test_providers_are_read_in_both_forms(settings_of: dict[str, Any] | None, expected: list[tuple[str, Any]]) -> None:
    found = execution_providers(candidate(inference_settings=settings_of))
    assert [(one["name"], one["options"]) for one in found] == expected


def test_settings_that_olive_wrote_stay_as_they_are() -> None:
    recorded = {"execution_provider": ["CPUExecutionProvider"], "provider_options": [{}], "tuning_op_result": None}
    assert json.dumps(olive_settings(recorded)) == json.dumps(recorded)
    assert olive_settings({}) is None


@pytest.mark.parametrize(
    ("accelerator", "provider"),
    [
        ("cpu-cpu", "CPUExecutionProvider"),
        ("gpu-cuda", "CUDAExecutionProvider"),
        ("cpu-openvino", "OpenVINOExecutionProvider"),
        ("gpu-dml-memory=8589934592", "DmlExecutionProvider"),
        ("npu-qnn", "QNNExecutionProvider"),
        ("gpu-tensorrt", "TensorrtExecutionProvider"),
        ("gpu", "CUDAExecutionProvider"),
        ("cpu", "CPUExecutionProvider"),
        ("npu-newest", "NEWESTExecutionProvider"),
    ],
)
def test_an_accelerator_names_its_provider(accelerator: str, provider: str) -> None:
    assert provider_of(accelerator) == provider


def test_a_folder_model_names_the_file_that_is_there() -> None:
    reference = onnx("/olive/cache/runs/1/models", onnx_file_name="digits.onnx")
    config = bundled_config(reference, PlacedModel(ONNX, "CandidateModels/cpu-cpu/BestCandidateModel_1"))["config"]
    assert config == {"model_path": "CandidateModels/cpu-cpu/BestCandidateModel_1", "onnx_file_name": "model.onnx"}


def composite() -> ModelReference:
    parts = (onnx("/olive/a/features.onnx", onnx_file_name=None), onnx("/olive/b", onnx_file_name="classifier.onnx"))
    config = {
        "model_path": "/olive/cache",
        "model_component_names": ["features", "classifier"],
        "model_components": [{"type": part.type, "config": dict(part.config)} for part in parts],
    }
    return ModelReference("compositemodel", "/olive/cache", None, ("features", "classifier"), parts, config)


def test_every_component_of_a_composite_has_its_own_path() -> None:
    components = tuple(Component(name, f"{name}/model.onnx", SIGNATURE) for name in ("features", "classifier"))
    files = ModelFiles(
        "composite", {f"{c.name}/model.onnx": RenderedText(b"") for c in components}, "", None, "x", components
    )
    assert bundled_config(composite(), PlacedModel(files, "model")) == {
        "type": "compositemodel",
        "config": {
            "model_path": "model",
            "model_component_names": ["features", "classifier"],
            "model_components": [
                {"type": "onnxmodel", "config": {"model_path": "model/features/model.onnx", "onnx_file_name": None}},
                {"type": "onnxmodel", "config": {"model_path": "model/classifier", "onnx_file_name": "model.onnx"}},
            ],
        },
    }
    plain = as_plain(context_of(candidate(composite()), files))["model"]
    assert [(one["name"], one["path"]) for one in plain["components"]] == [
        ("features", "model/features/model.onnx"),
        ("classifier", "model/classifier/model.onnx"),
    ]
    assert (plain["path"], plain["inputs"], plain["ir_version"]) == ("model", [], None)


def test_a_composite_that_is_not_in_the_bundle_has_no_paths() -> None:
    config = bundled_config(composite(), None)["config"]
    assert config["model_path"] is None
    assert [one["config"]["model_path"] for one in config["model_components"]] == [None, None]


def test_an_openvino_model_is_a_folder() -> None:
    files = ModelFiles("openvino", {"m.xml": RenderedText(b""), "m.bin": RenderedText(b"")}, "m.xml", None, "m")
    reference = ModelReference("openvinomodel", "/x/m", config={"model_path": "/x/m"})
    assert bundled_config(reference, PlacedModel(files, "model"))["config"] == {"model_path": "model"}


def test_paths_of_a_computer_are_cut_and_names_in_a_graph_are_not() -> None:
    recorded = {
        "user_script": "/home/someone/scripts/user_script.py",
        "data": ["C:\\Users\\someone\\data.csv", "\\\\server\\share\\x.bin", "~/x", "file:///etc/passwd"],
        "nodes_to_exclude": ["/encoder/MatMul"],
        "output_names": ["/head/Gemm_output_0"],
        "relative": "data/x.csv",
        "ratio": "1/2",
        "output_dir": "/out",
    }
    assert without_machine_paths(recorded) == {
        "user_script": "user_script.py",
        "data": ["data.csv", "x.bin", "x", "passwd"],
        "nodes_to_exclude": ["/encoder/MatMul"],
        "output_names": ["/head/Gemm_output_0"],
        "relative": "data/x.csv",
        "ratio": "1/2",
        "output_dir": "out",
    }


def test_settings_of_inference_keep_their_paths() -> None:
    """They are on the computer that runs the model; whether they may be passed on is decided before."""
    recorded = {
        "execution_provider": ["QNNExecutionProvider"],
        "provider_options": [{"backend_path": "/opt/libQnn.so"}],
    }
    config = bundled_config(onnx(inference_settings=recorded), PlacedModel(ONNX, "model"))["config"]
    assert config["inference_settings"] == recorded


def test_metrics_and_history_are_plain() -> None:
    one = candidate(
        metrics={
            "size": Metric("size", 72668.0, higher_is_better=False, priority=1),
            "nan": Metric("nan", math.nan),
            "none": Metric("none", None),
        },
        history=(Step("ad05817c", None, None), Step("586a48e5", "onnxquantization", {"user_script": "/olive/s.py"})),
    )
    plain = as_plain(context_of(one))
    assert (
        json.dumps(plain["candidate"]["metrics"]["size"])
        == '{"value": 72668, "priority": 1, "higher_is_better": false}'
    )
    assert math.isnan(plain["candidate"]["metrics"]["nan"]["value"])
    assert plain["candidate"]["input_metrics"] is None
    assert plain["candidate"]["configurations"] == {"ad05817c": None, "586a48e5": {"user_script": "s.py"}}
    assert plain["candidates"][0]["metrics"] == {**plain["candidate"]["metrics"]}


def test_what_is_not_plain_data_is_an_error_that_names_the_place() -> None:
    one = candidate(inference_settings={"session_options": {"when": dt.date(2024, 2, 29)}})
    with pytest.raises(ModelpressError, match=r"candidate\.inference_settings\.session_options\.when is a date"):
        as_plain(context_of(one))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SETTINGS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("execution_provider", "provider_options", "session_options", "io_bind"), JSON)
)


@settings(deadline=None, max_examples=200)
@given(
    SETTINGS, st.dictionaries(st.sampled_from(["model_attributes", "onnx_file_name", "inference_settings", "x"]), JSON)
)
def test_no_recorded_settings_break_the_context(inference: dict[str, Any], config: dict[str, Any]) -> None:
    reference = ModelReference("onnxmodel", "m.onnx", None, config={"model_path": "m.onnx", **config})
    plain = as_plain(context_of(candidate(reference, inference_settings=inference)))
    providers = plain["runtime"]["execution_providers"]
    assert providers
    assert all(isinstance(one["name"], str) and isinstance(one["options"], dict) for one in providers)


SCHEMA = context_schema()


def undocumented(node: dict[str, Any], where: str) -> list[str]:
    missing = [where] if not node.get("description") else []
    for alternative in [*node.get("anyOf", ()), node.get("items", {})]:
        if "properties" in alternative:
            missing += undocumented(alternative, where)
    for name, field in node.get("properties", {}).items():
        missing += undocumented(field, f"{where}.{name}")
    return missing


def test_every_field_is_documented() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert undocumented(SCHEMA, "context") == []


@pytest.mark.parametrize("context", sample_contexts(), ids=["ordinary", "hostile", "bare", "genai"])
def test_the_schema_describes_what_templates_get(context: RenderContext) -> None:
    jsonschema.validate(as_plain(context), SCHEMA)


def test_the_schema_describes_what_is_built_and_nothing_more() -> None:
    plain = as_plain(context_of(candidate()))
    jsonschema.validate(plain, SCHEMA)
    plain["model"]["weights"] = "secret"
    with pytest.raises(jsonschema.ValidationError, match="weights"):
        jsonschema.validate(plain, SCHEMA)


def examples(node: Any) -> list[tuple[dict[str, Any], Any]]:
    if isinstance(node, list):
        return [found for child in node for found in examples(child)]
    if not isinstance(node, dict):
        return []
    own = [(node, example) for example in node.get("examples", [])]
    return own + [found for key, child in node.items() if key != "examples" for found in examples(child)]


def test_every_example_is_valid() -> None:
    found = examples(SCHEMA)
    assert len(found) > 30
    for node, example in found:
        jsonschema.validate(example, node)
