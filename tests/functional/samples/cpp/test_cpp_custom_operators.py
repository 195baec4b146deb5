"""The library of onnxruntime-extensions, registered by the C++ sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx


def test_the_real_library_runs_its_operators(
    program: Any,
    custom_model: Callable[[str, str], onnx.ModelProto],
    extensions_library: str,
    python_around: dict[str, str],
    tmp_path: Path,
) -> None:
    onnx.save(custom_model("StringUpper", "ai.onnx.contrib"), tmp_path / "model.onnx")
    (tmp_path / "inputs.json").write_text(json.dumps({"texts": ["modelpress", "a b"]}))
    call = ("--model", tmp_path / "model.onnx", "--inputs", tmp_path / "inputs.json")
    found = program.call(*call, "--custom-ops", extensions_library, **python_around)
    assert found.outputs["y"]["data"] == ["MODELPRESS", "A B"]
    named = program.call(*call, MODEL_CUSTOM_OPS=extensions_library, **python_around)
    assert named.outputs == found.outputs
    assert "ai.onnx.contrib" in program.call(*call).error, "nothing is known of another model before it is loaded"
    assert f"cannot register {extensions_library}: " in program.call(*call, "--custom-ops", extensions_library).error
