"""Models with operators that ONNX Runtime lacks: the Python sample registers their library, or says what is missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest

Custom = Callable[[str, str], onnx.ModelProto]
Render = Callable[..., Any]

CONTRIB, NEWER, UNKNOWN = "ai.onnx.contrib", "com.microsoft.extensions", "my.own"
TEXTS = ["modelpress", "a b", "\u00e9"]


@pytest.fixture(scope="module")
def upper(custom_model: Custom, render_golden: Render) -> Any:
    return render_golden(custom_model("StringUpper", CONTRIB))


def test_operators_of_extensions_are_registered_and_run(upper: Any, tmp_path: Path) -> None:
    assert upper.program()["EXTENSIONS"] is True, "the graph says it, whatever the candidate says"
    (tmp_path / "texts.json").write_text(json.dumps({"texts": TEXTS}))
    assert upper.call_json("--inputs", tmp_path / "texts.json").values == {"y": ["MODELPRESS", "A B", "\u00e9"]}
    checked = upper.call("--check")
    assert checked.code == 0, checked.stderr
    assert "check passed: 1 outputs" in checked.stderr


def test_their_package_is_asked_for(upper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime_extensions", None)
    assert f"{sys.executable} -m pip install onnxruntime_extensions" in upper.call().error


@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_library_takes_the_place_of_the_package(
    upper: Any, extensions_library: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime_extensions", None)
    if how == "variable":
        monkeypatch.setenv("MODEL_CUSTOM_OPS", extensions_library)
    given = ("--custom-ops", extensions_library) if how == "option" else ()
    outcome = upper.call("--check", *given)
    assert outcome.code == 0, outcome.stderr


def test_what_is_no_library_is_named(upper: Any, tmp_path: Path) -> None:
    assert f"cannot register {tmp_path}/none.so: " in upper.call("--custom-ops", tmp_path / "none.so").error


def test_the_newer_domain_is_one_of_extensions(custom_model: Custom, render_model: Render) -> None:
    project = render_model(custom_model("Strange", NEWER))
    assert project.program()["EXTENSIONS"] is True
    assert project.program()["CUSTOM_OPS"] == []
    assert "Strange" in project.call().error, "the library is registered, and has no such operator"


def test_unknown_operators_need_a_library(
    custom_model: Custom, render_model: Render, extensions_library: str, upper: Any
) -> None:
    project = render_model(custom_model("Twice", UNKNOWN))
    assert (
        "cannot run this model because it has operators of my.own, which ONNX Runtime lacks: name the library that has"
        " them with --custom-ops or in the variable MODEL_CUSTOM_OPS" in project.call().error
    )
    assert "operators of `my.own`, which ONNX Runtime lacks" in (project.folder / "README.md").read_text()
    assert "my.own" in project.call("--custom-ops", extensions_library).error, "it is the wrong library"
    assert project.call("--model", upper.model, "--custom-ops", extensions_library).code == 0


def test_a_composite_has_the_operators_of_its_components(
    custom_model: Custom, render_source: Render, tmp_path: Path
) -> None:
    parts = []
    for name, operator in (("first", "StringUpper"), ("second", "StringLower")):
        model = custom_model(operator, CONTRIB)
        if name == "second":
            model.graph.node[0].input[0] = model.graph.input[0].name = "y"
            model.graph.node[0].output[0] = model.graph.output[0].name = "z"
        onnx.save(model, tmp_path / f"{name}.onnx")
        parts.append({"type": "ONNXModel", "config": {"model_path": str(tmp_path / f"{name}.onnx")}})
    composite = {"model_components": parts, "model_component_names": ["first", "second"]}
    (tmp_path / "model_config.json").write_text(json.dumps({"type": "CompositeModel", "config": composite}))
    project = render_source(tmp_path / "model_config.json")
    assert project.program()["EXTENSIONS"] is True
    (tmp_path / "texts.json").write_text(json.dumps({"texts": ["Ab"]}))
    assert project.call_json("--inputs", tmp_path / "texts.json").values == {"z": ["ab"]}
