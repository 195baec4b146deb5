"""The library of onnxruntime-extensions, registered by the Java sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx

Custom = Callable[[str, str], onnx.ModelProto]


def test_the_real_library_runs_its_operators(
    java_project: Callable[..., Any],
    custom_model: Custom,
    extensions_library: str,
    python_around: dict[str, str],
    tmp_path: Path,
) -> None:
    project = java_project(custom_model("StringUpper", "ai.onnx.contrib"))
    (tmp_path / "inputs.json").write_text(json.dumps({"texts": ["modelpress", "a b"]}))
    call = ("--inputs", tmp_path / "inputs.json")
    found = project.command(*call, "--custom-ops", extensions_library, **python_around)
    assert found.outputs["y"]["data"] == ["MODELPRESS", "A B"]
    checked = project.command("--check", MODEL_CUSTOM_OPS=extensions_library, **python_around)
    assert (checked.code, checked.stderr) == (0, "check passed: 1 outputs\n")
    refused = project.call("--check").error
    assert "cannot run this model because it has operators of ai.onnx.contrib, which ONNX Runtime lacks" in refused
    assert "--custom-ops or in the variable MODEL_CUSTOM_OPS" in refused
    assert f"cannot register {tmp_path}/none.so: " in project.call("--custom-ops", tmp_path / "none.so").error
    assert "`Microsoft.ML.OnnxRuntime.Extensions`" in (project.folder / "README.md").read_text(encoding="utf-8")


def test_unknown_operators_need_a_library(java_project: Callable[..., Any], custom_model: Custom) -> None:
    project = java_project(custom_model("Twice", "my.own"), None)
    (project.root / "inputs.json").write_text(json.dumps({"texts": []}))
    refused = project.call("--inputs", project.root / "inputs.json").error
    assert "cannot run this model because it has operators of my.own, which ONNX Runtime lacks" in refused
