"""What the Python sample does with inference_config.json and execution providers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[[onnx.ModelProto], Any]

CPU, AZURE, CUDA = "CPUExecutionProvider", "AzureExecutionProvider", "CUDAExecutionProvider"

tensor = helper.make_tensor_value_info


@pytest.fixture
def project(make_model: Make, render_model: Render) -> Any:
    """y = x + (0 + 0), which graph optimization makes one addition."""
    return render_model(
        make_model(
            [helper.make_node("Add", ["zero", "zero"], ["t"]), helper.make_node("Add", ["x", "t"], ["y"])],
            [tensor("x", TensorProto.FLOAT, [2])],
            [tensor("y", TensorProto.FLOAT, [2])],
            [helper.make_tensor("zero", TensorProto.FLOAT, [1], [0])],
        )
    )


def providers(outcome: Any) -> list[str]:
    found = outcome.document["providers"]
    assert isinstance(found, list)
    return found


def test_without_settings_the_rendered_providers_are_used(project: Any) -> None:
    outcome = project.call_json()
    assert providers(outcome) == [CPU]
    assert f"onnxruntime {ort.__version__} on {CPU}" in outcome.stderr
    assert "default settings" in outcome.stderr
    project.configure({})
    assert "default settings" not in project.call_json().stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"execution_provider": [AZURE, CPU], "provider_options": [{}, {}]},
        {"execution_provider": [AZURE], "provider_options": [{"a": 1, "b": True, "c": None}]},
        {"execution_provider": [AZURE], "provider_options": None},
        {"execution_provider": [[AZURE, {}], [CPU, None]]},
        {"execution_provider": [[AZURE]]},
    ],
    ids=str,
)
def test_both_forms_of_providers(project: Any, settings: dict[str, Any]) -> None:
    project.configure(settings)
    assert providers(project.call_json()) == [AZURE, CPU]


def test_provider_options_arrive(project: Any) -> None:
    project.configure({"execution_provider": [[CPU, {"use_arena": False, "other": 7, "none": None}]]})
    program = project.program()
    model = program["open_model"](program["parse_arguments"]([]))
    assert model.sessions[0].get_provider_options() == {CPU: {}}
    settings = program["read_settings"](project.root / "model" / "inference_config.json", [], optional=False)
    assert settings.providers == [(CPU, {"use_arena": "0", "other": "7"})]
    assert settings.on(CPU).providers == settings.providers
    assert settings.on(AZURE).providers == [(AZURE, {})]


@pytest.mark.parametrize("how", ["option", "names", "pairs", "file"])
def test_a_provider_that_is_not_there_is_an_error(project: Any, tmp_path: Path, how: str) -> None:
    arguments: list[object] = []
    if how == "option":
        arguments = ["--provider", CUDA]
    elif how == "file":
        (tmp_path / "other.json").write_text(f'{{"execution_provider": ["{CUDA}", "{CPU}"]}}')
        arguments = ["--config", tmp_path / "other.json"]
    else:
        project.configure({"execution_provider": [CUDA, CPU] if how == "names" else [[CUDA, {"device_id": 0}]]})
    failed = project.call(*arguments)
    assert failed.error.startswith(f"{CUDA} is not in this onnxruntime, which has {AZURE}, {CPU}.")
    allowed = project.call_json("--allow-fallback", *arguments)
    assert providers(allowed) == [CPU]
    assert CPU in allowed.stderr


def test_the_provider_option_wins(project: Any) -> None:
    project.configure({"execution_provider": [CUDA]})
    assert providers(project.call_json("--provider", CPU)) == [CPU]
    assert providers(project.call_json("--provider", AZURE)) == [AZURE, CPU]


def test_session_options_arrive(project: Any) -> None:
    given = {
        "execution_mode": 1,
        "graph_optimization_level": "ORT_ENABLE_BASIC",
        "inter_op_num_threads": 2,
        "intra_op_num_threads": None,
        "enable_mem_pattern": False,
        "extra_session_config": {"session.intra_op.allow_spinning": False, "session.x": 3, "session.none": None},
    }
    options = make_options(project, given)
    assert options.execution_mode == ort.ExecutionMode.ORT_PARALLEL
    assert options.graph_optimization_level == ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    assert (options.inter_op_num_threads, options.intra_op_num_threads) == (2, 0)
    assert options.enable_mem_pattern is False
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert options.get_session_config_entry("session.x") == "3"


def make_options(project: Any, given: dict[str, Any]) -> ort.SessionOptions:
    project.configure({"session_options": given})
    assert project.call().code == 0
    return sys.modules["model_runner.sessions"].session_options(given)


@pytest.mark.parametrize(("level", "left"), [(0, 2), ("disable_all", 2), (99, 1), ("ORT_ENABLE_ALL", 1), ("1", 1)])
def test_the_session_is_made_with_them(project: Any, tmp_path: Path, level: object, left: int) -> None:
    optimized = tmp_path / "optimized.onnx"
    project.configure(
        {"session_options": {"graph_optimization_level": level, "optimized_model_filepath": str(optimized)}}
    )
    assert project.call().code == 0
    assert [node.op_type for node in onnx.load(optimized).graph.node].count("Add") == left


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"session_options": {"graph_optimization_level": 7}}, "graph_optimization_level=7: expected one of ORT_DIS"),
        ({"session_options": {"execution_mode": "fast"}}, "execution_mode='fast': expected one of ORT_SEQUENTIAL, "),
        ({"session_options": {"intra_op_num_threads": "two"}}, "session option intra_op_num_threads='two': "),
        ({"session_options": {"no_such_option": 1}}, "session option no_such_option=1: "),
        ({"session_options": {"extra_session_config": [1]}}, "session option extra_session_config=[1]: "),
        ({"session_options": [1]}, "session_options cannot be [1]"),
        ({"execution_provider": CPU}, f"execution_provider cannot be '{CPU}'"),
        ({"execution_provider": [5]}, "not a provider and its options: [5, None]"),
        ({"execution_provider": [[CPU, [1]]]}, "not a provider and its options: "),
        ({"execution_provider": [CPU], "provider_options": [{}, {}]}, "not a provider and its options: [None, {}]"),
        ({"io_bind": "yes"}, "io_bind cannot be 'yes'"),
        ([], "inference_config.json holds no JSON object"),
    ],
    ids=str,
)
def test_bad_settings_are_refused(project: Any, settings: Any, message: str) -> None:
    project.configure(settings)
    assert message in project.call().error


def test_files_that_are_not_there(project: Any, tmp_path: Path) -> None:
    assert "cannot read" in project.call("--config", tmp_path / "none.json").error
    assert "there is no model file" in project.call("--model", tmp_path / "none.onnx").error
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    assert f"cannot load {tmp_path / 'bad.onnx'}: " in project.call("--model", tmp_path / "bad.onnx").error


@pytest.mark.parametrize("io_bind", [False, True])
def test_bound_runs_give_the_same(make_model: Make, render_model: Render, *, io_bind: bool) -> None:
    numbers = {"f": TensorProto.FLOAT, "h": TensorProto.FLOAT16, "b": TensorProto.BOOL, "i": TensorProto.INT64}
    project = render_model(
        make_model(
            [
                *(helper.make_node("Identity", [name], [f"{name}_out"]) for name in numbers),
                helper.make_node("Cast", ["i"], ["text"], to=TensorProto.STRING),
            ],
            [tensor(name, number, ["n", 2]) for name, number in numbers.items()],
            [
                *(tensor(f"{name}_out", number, ["n", 2]) for name, number in numbers.items()),
                tensor("text", TensorProto.STRING, ["n", 2]),
            ],
        )
    )
    project.configure({"io_bind": io_bind})
    outcome = project.call_json("--dim", "n=3")
    inputs = outcome.inputs
    assert outcome.values == {
        **{f"{name}_out": inputs[name] for name in numbers},
        "text": [[str(value) for value in row] for row in inputs["i"]],
    }
    assert "not bound" not in outcome.stderr


def test_tuning_results_are_handed_on(project: Any) -> None:
    """ONNX Runtime passes over the results of a provider that has none."""
    project.configure({"tuning_op_result": [{"ep": CPU, "results": {}, "validators": {}}]})
    assert project.call().code == 0
    project.configure({"tuning_op_result": {"ep": CPU}})
    assert "tuning_op_result cannot be" in project.call().error


def test_a_missing_package_is_named_with_its_installation(
    make_model: Make, render_model: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = render_model(
        make_model(
            [helper.make_node("Identity", ["x"], ["y"])],
            [tensor("x", TensorProto.BFLOAT16, [1])],
            [tensor("y", TensorProto.BFLOAT16, [1])],
        )
    )
    project.program()
    sys.modules["model_runner.tensors"].numpy_type.cache_clear()  # it remembers what other tests asked for
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    assert f"install it: {sys.executable} -m pip install ml_dtypes" in project.call().error
