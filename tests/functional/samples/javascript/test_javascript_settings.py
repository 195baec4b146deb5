"""inference_config.json as the JavaScript sample reads it: providers and session options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import onnx
import pytest

PROVIDERS = [
    {"execution_provider": ["CPUExecutionProvider"], "provider_options": [{"use_arena": "1"}]},
    {"execution_provider": [["CPUExecutionProvider", {"use_arena": "1"}]], "provider_options": None},
    {"execution_provider": [], "session_options": None, "io_bind": True},
]
OPTIONS = [
    {"execution_mode": 1, "graph_optimization_level": 99, "inter_op_num_threads": 2, "intra_op_num_threads": None},
    {"execution_mode": "ORT_SEQUENTIAL", "graph_optimization_level": "ORT_ENABLE_ALL", "log_severity_level": 4},
    {"graph_optimization_level": "DISABLE_ALL", "extra_session_config": {"session.dynamic_block_base": 4}},
    {"graph_optimization_level": "enable_extended", "enable_cpu_mem_arena": False, "enable_mem_pattern": False},
    {"graph_optimization_level": "ORT_ENABLE_LAYOUT", "logid": "sample", "use_deterministic_compute": True},
]
SETTINGS = [*PROVIDERS, *({"session_options": options} for options in OPTIONS)]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_settings_are_read_in_every_form(program: Any, settings: dict[str, Any]) -> None:
    outcome = program.on_settings(settings, "--check")
    assert outcome.code == 0, outcome.stderr
    notes = {"use_arena": "option use_arena of CPU", "io_bind": "not bound", "deterministic": "session option use_det"}
    for word, note in notes.items():
        assert (note in outcome.stderr) is (word in str(settings))


def test_options_reach_onnxruntime(program: Any, tmp_path: Path) -> None:
    saved = tmp_path / "optimized.onnx"
    options = {"optimized_model_filepath": str(saved), "graph_optimization_level": 0}
    assert program.on_settings({"session_options": options}).code == 0
    assert [node.op_type for node in onnx.load(saved).graph.node] == ["Cast", "Add", "Identity"]
    extra = {"extra_session_config": {"session.load_model_format": "ORT"}}
    assert "cannot load the model" in program.on_settings({"session_options": extra}).error


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"session_options": {"graph_optimization_level": 7}}, "graph_optimization_level cannot be 7"),
        ({"session_options": {"execution_mode": "constructor"}}, "execution_mode cannot be"),
        ({"session_options": {"intra_op_num_threads": -1}}, "intraOpNumThreads"),
        ({"session_options": []}, "session_options cannot be []"),
        ({"execution_provider": "CPU"}, "execution_provider cannot be"),
        ({"execution_provider": [3]}, "not an execution provider: 3"),
        ({"execution_provider": ["CPU"], "provider_options": ["x"]}, "provider_options cannot be"),
    ],
    ids=str,
)
def test_wrong_settings_are_named(program: Any, settings: dict[str, Any], message: str) -> None:
    assert message in program.on_settings(settings).error


@pytest.mark.parametrize(
    ("provider", "message"),
    [
        ("CUDAExecutionProvider", "cannot load the model on cuda"),
        ("DmlExecutionProvider", "provider dml is not in this ONNX Runtime, which has cpu"),
        ("OpenVINOExecutionProvider", "provider openvino is not in"),
    ],
)
def test_the_provider_asked_for_must_be_in_use(program: Any, provider: str, message: str) -> None:
    settings = {
        "execution_provider": [provider, "CPUExecutionProvider"],
        "provider_options": [{"device_id": "0"}, {}],
    }
    assert message in program.on_settings(settings, "--check").error
    fallen_back = program.on_settings(settings, "--check", "--allow-fallback")
    assert fallen_back.code == 0
    assert re.search(r"onnxruntime-node [0-9.]+ on cpu\n", fallen_back.stderr)
