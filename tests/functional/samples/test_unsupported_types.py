"""Models of types that ONNX Runtime does not run: said where the project is rendered, and by every sample."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper

from modelpress.cli.main import modelpress
from modelpress.proving.samples import UNABLE

Make = Callable[..., onnx.ModelProto]
Render = Callable[..., Any]

tensor = helper.make_tensor_value_info
RUNS = "which ONNX Runtime does not run; it runs bfloat16, bool, float16, float32, float64, float8e4m3fn, "
STRANGE = {
    "complex64[2]": lambda name: tensor(name, TensorProto.COMPLEX64, [2]),
    "float4e2m1[2]": lambda name: tensor(name, TensorProto.FLOAT4E2M1, [2]),
    "uint2[2]": lambda name: tensor(name, TensorProto.UINT2, [2]),
    "sequence of complex128[2]": lambda name: helper.make_value_info(
        name, helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.COMPLEX128, [2]))
    ),
}


def identity(make: Callable[[str], onnx.ValueInfoProto]) -> onnx.ModelProto:
    graph = helper.make_graph([helper.make_node("Identity", ["the x"], ["y"])], "g", [make("the x")], [make("y")])
    return helper.make_model(graph, ir_version=13, opset_imports=[helper.make_opsetid("", 25)])


@pytest.mark.parametrize("described", STRANGE)
def test_rendering_names_the_tensor_and_what_is_expected(tmp_path: Path, described: str) -> None:
    (tmp_path / "strange.onnx").write_bytes(identity(STRANGE[described]).SerializeToString())
    result = CliRunner().invoke(modelpress, ["render", str(tmp_path / "strange.onnx"), "-o", str(tmp_path / "p")])
    assert result.exit_code == 0, result.output
    dtype = re.findall(r"[a-z]+[0-9][a-z0-9]*", described)[0]
    assert f"golden vectors are left out: 'the x' ({described}) is of {dtype}, {RUNS}" in result.stderr


@pytest.mark.parametrize("described", STRANGE)
def test_the_python_sample_names_them_too(render_model: Render, described: str) -> None:
    project = render_model(identity(STRANGE[described]))
    error = project.call().error
    assert f"this program cannot run this model because 'the x' ({described}) is of " in error
    assert RUNS in error
    assert UNABLE.search(error), "so that verify says so, too"
    for language in ("python", "cpp", "csharp", "javascript"):
        page = (project.root / "samples" / language / "README.md").read_text(encoding="utf-8")
        assert "cannot run th" in page, language


def test_the_cpp_sample_names_them_too(render_model: Render) -> None:
    """It is rendered into the program; a test of that language shows that such messages are printed."""
    header = render_model(identity(STRANGE["complex64[2]"])).root / "samples" / "cpp" / "src" / "project.hpp"
    assert "kUnsupported = \"'the x' (complex64[2]) is of complex64, which" in header.read_text(encoding="utf-8")


def test_an_output_without_a_type_is_read_all_the_same(make_model: Make, render_golden: Render) -> None:
    untyped = onnx.ValueInfoProto()
    untyped.name = "y"
    model = make_model([helper.make_node("Identity", ["x"], ["y"])], [tensor("x", TensorProto.FLOAT, [2])], [untyped])
    project = render_golden(model)
    assert project.golden["outputs"][0]["dtype"] == "float32"
    assert project.call("--check").code == 0
    java = project.root / "samples" / "java" / "src" / "main" / "java" / "modelrunner" / "Project.java"
    assert "makes no tensors" not in java.read_text(encoding="utf-8")


def test_corrupt_and_misshapen_files_of_inputs_name_what_is_wrong(tmp_path: Path) -> None:
    """Of `render --inputs`; the samples' own tests show theirs."""
    import numpy as np

    model = Path(__file__).parents[3] / "examples" / "single-model" / "model.onnx"
    np.savez(tmp_path / "good.npz", features=np.zeros((2, 4), np.float32))
    content = (tmp_path / "good.npz").read_bytes()
    cases = {
        "cut.npz": (content[:60], "cut.npz cannot be read as an .npz file: "),
        "text.npz": (b"not a zip", "text.npz cannot be read as an .npz file: "),
        "flipped.npz": (content.replace(b"\x93NUMPY", b"\x93NUMPX"), "flipped.npz cannot be read as an .npz file: "),
    }
    for name, (data, message) in cases.items():
        (tmp_path / name).write_bytes(data)
        assert message in refused(model, tmp_path / name)
    np.savez(tmp_path / "wide.npz", features=np.zeros((2, 5), np.float32))
    expected = "the input 'features' (float32[batch, 4]) cannot be float32[2, 5]: the shape does not fit"
    assert expected in refused(model, tmp_path / "wide.npz")
    np.savez(tmp_path / "text.npz", features=np.array([["a"] * 4]))
    assert "the input 'features' (float32[batch, 4]) cannot be str32[1, 4]: not float32" in refused(
        model, tmp_path / "text.npz"
    )


def refused(model: Path, inputs: Path) -> str:
    result = CliRunner().invoke(
        modelpress, ["render", str(model), "-o", str(inputs.parent / "p"), "--inputs", str(inputs)]
    )
    assert result.exit_code == 2, result.output
    assert not (inputs.parent / "p").exists()
    return result.stderr
