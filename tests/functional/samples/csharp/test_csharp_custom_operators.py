"""The library of onnxruntime-extensions, registered by the C# sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx

Custom = Callable[[str, str], onnx.ModelProto]


def test_the_real_library_runs_its_operators(
    render: Callable[..., Any],
    custom_model: Custom,
    extensions_library: str,
    python_around: dict[str, str],
    tmp_path: Path,
) -> None:
    program = render(custom_model("StringUpper", "ai.onnx.contrib"))
    (tmp_path / "inputs.json").write_text('{"texts": ["modelpress", "a b"]}')
    found = program.call("--inputs", tmp_path / "inputs.json", "--custom-ops", extensions_library, **python_around)
    assert found.outputs["y"]["data"] == ["MODELPRESS", "A B"]
    checked = program.call("--check", MODEL_CUSTOM_OPS=extensions_library, **python_around)
    assert (checked.code, "check passed: 1 outputs" in checked.stderr) == (0, True), checked.stderr
    assert "cannot register onnxruntime-extensions: " in program.call("--check").error, "its NuGet package is not here"
    assert f"cannot register {tmp_path}/none.so: " in program.call("--custom-ops", tmp_path / "none.so").error


def test_unknown_operators_need_a_library(render: Callable[..., Any], custom_model: Custom) -> None:
    program = render(custom_model("Twice", "my.own"), golden=False)
    refused = program.on({"texts": []}).error
    assert "cannot run this model because it has operators of my.own, which ONNX Runtime lacks" in refused
    assert "operators of `my.own`, which ONNX Runtime lacks" in (program.folder / "README.md").read_text()
