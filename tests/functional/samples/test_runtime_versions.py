"""The version of ONNX Runtime that project files name: the one asked for, or else the installed one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import onnxruntime
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper

from modelpress.cli.main import modelpress

MODEL = Path(__file__).parents[3] / "examples" / "single-model" / "model.onnx"
INSTALLED = onnxruntime.__version__


def named(source: Path, target: Path, *options: str, environ: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """What each language's project file names."""
    arguments = ["render", str(source), "-o", str(target), "--no-golden", *options]
    environment = {"MODELPRESS_RENDER_RUNTIME_VERSION": None, **(environ or {})}
    result = CliRunner().invoke(modelpress, arguments, env=environment)
    assert result.exit_code == 0, result.output
    samples = target / "samples"
    pom = (samples / "java" / "pom.xml").read_text(encoding="utf-8")
    artifact = re.search(r"<artifactId>(onnxruntime.*)</artifactId>\s*<version>(.*)</version>", pom)
    packages = re.findall(
        r'<PackageReference Include="(.*)" Version="(.*)" />', (samples / "csharp" / "Sample.csproj").read_text()
    )
    assert artifact is not None
    node = json.loads((samples / "javascript" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert node["onnxruntime-web"] == node["onnxruntime-node"]
    return {
        "python": " ".join((samples / "python" / "requirements.txt").read_text(encoding="utf-8").split()),
        "java": " ".join(artifact.groups()),
        "csharp": " ".join(f"{name} {number}" for name, number in packages),
        "javascript": node["onnxruntime-node"],
        "readme": (target / "README.md").read_text(encoding="utf-8"),
    }


def test_the_installed_version_is_named(tmp_path: Path) -> None:
    found = named(MODEL, tmp_path / "project")
    assert found["python"].startswith(f"onnxruntime=={INSTALLED} numpy==")
    assert found["csharp"] == f"Microsoft.ML.OnnxRuntime {INSTALLED}"
    assert f"`onnxruntime` {INSTALLED}" in found["readme"]


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_the_version_asked_for_is_named(tmp_path: Path, how: str) -> None:
    options = ("--runtime-version", "1.27.0") if how == "flag" else ()
    environ = {} if how == "flag" else {"MODELPRESS_RENDER_RUNTIME_VERSION": "1.27.0"}
    found = named(MODEL, tmp_path / "project", *options, environ=environ)
    assert found["python"].startswith("onnxruntime==1.27.0 numpy==")
    assert found["java"] == "onnxruntime 1.26.0", "Maven Central has no 1.27"
    assert found["csharp"] == "Microsoft.ML.OnnxRuntime 1.27.0"
    assert found["javascript"] == "1.27.0"
    assert "`onnxruntime` 1.27.0" in found["readme"]


def test_another_accelerators_package_is_named(tmp_path: Path) -> None:
    candidate = {"id": "one", "model": str(MODEL), "accelerator": "gpu-cuda"}
    (tmp_path / "candidates.json").write_text(json.dumps({"candidates": [candidate]}))
    found = named(tmp_path / "candidates.json", tmp_path / "project", "--runtime-version", "1.29.0")
    assert found["python"].startswith("onnxruntime-gpu==1.29.0 ")
    assert found["java"] == "onnxruntime_gpu 1.29.0"
    assert found["csharp"] == "Microsoft.ML.OnnxRuntime.Gpu 1.29.0"


def upper(path: Path, ir_version: int = 8) -> Path:
    """A model with an operator of onnxruntime-extensions."""
    node = helper.make_node("StringUpper", ["text"], ["upper"], domain="ai.onnx.contrib")
    text, upper = (helper.make_tensor_value_info(name, TensorProto.STRING, ["n"]) for name in ("text", "upper"))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.contrib", 1)]
    graph = helper.make_graph([node], "g", [text], [upper])
    path.write_bytes(helper.make_model(graph, opset_imports=opsets, ir_version=ir_version).SerializeToString())
    return path


def test_extensions_are_named_in_one_version(tmp_path: Path) -> None:
    """Both by the sample and by the MLflow model, because the graph has an operator of theirs."""
    sets = ("-t", "samples", "-t", "mlflow", "-t", "readme")
    found = named(upper(tmp_path / "upper.onnx"), tmp_path / "project", *sets)
    pinned = f"onnxruntime-extensions=={version('onnxruntime-extensions')}"
    assert pinned in found["python"].split()
    (requirements,) = tmp_path.rglob("mlflow_model/requirements.txt")
    assert pinned in requirements.read_text(encoding="utf-8").splitlines()
    assert "Microsoft.ML.OnnxRuntime.Extensions" in found["csharp"]


@pytest.mark.parametrize(("ir_version", "warned"), [(9, False), (10, True)])
def test_a_model_that_is_too_new_for_the_version_is_warned_of(tmp_path: Path, ir_version: int, *, warned: bool) -> None:
    model = upper(tmp_path / "upper.onnx", ir_version)
    arguments = ["render", str(model), "-o", str(tmp_path / "p"), "--no-golden", "--runtime-version", "1.17.1"]
    result = CliRunner().invoke(modelpress, arguments)
    assert result.exit_code == 0, result.output
    assert ("onnxruntime 1.17.1 loads IR version 9 at most" in result.stderr) is warned
