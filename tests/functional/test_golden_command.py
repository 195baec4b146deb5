"""Golden vectors as users ask for them: with `render`, with `package`, and where there can be none."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress

ROOT = Path(__file__).parents[2]
RUN = ROOT / "tests" / "data" / "olive" / "0.13.0-search-zip"
MODEL = ROOT / "examples" / "single-model" / "model.onnx"  # features float32[batch, 4]
FILES = ["golden.json", "inputs.npz", "outputs.npz"]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def rendered(target: Path, *arguments: object) -> Result:
    result = run("render", *arguments, "-o", target)
    assert result.exit_code == 0, result.output
    return result


def golden_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "golden").glob("*"))


def check(sample: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, sample / "sample.py", "--check"]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_project_has_them_and_its_sample_checks(tmp_path: Path) -> None:
    result = rendered(tmp_path / "p", RUN)
    assert golden_files(tmp_path / "p") == FILES
    assert "golden vectors: guessed batch = 1; --dim batch=N changes it" in result.stderr
    done = check(tmp_path / "p" / "samples" / "python")
    assert (done.returncode, "check passed: 1 outputs" in done.stderr) == (0, True), done.stderr
    lock = json.loads((tmp_path / "p" / "modelpress.lock").read_text())
    assert {f"golden/{name}" for name in FILES} <= lock["files"].keys()


def test_a_project_can_do_without(tmp_path: Path) -> None:
    result = rendered(tmp_path / "p", RUN, "--no-golden")
    assert not (tmp_path / "p" / "golden").exists()
    assert "golden" not in result.stderr
    assert check(tmp_path / "p" / "samples" / "python").returncode == 1


def test_a_zip_has_them_only_where_they_are_asked_for(tmp_path: Path) -> None:
    for folder, options in (("without", []), ("with", ["--golden", "--dim", "batch=3"])):
        assert run("package", RUN, "-o", tmp_path / folder, *options).exit_code == 0
        with zipfile.ZipFile(tmp_path / folder / "OutputModels.zip") as archive:
            archive.extractall(tmp_path / folder)
    assert not list((tmp_path / "without").rglob("golden*"))
    assert golden_files(tmp_path / "with" / "SampleCode") == FILES
    done = check(tmp_path / "with" / "SampleCode" / "python")
    assert (done.returncode, "check passed" in done.stderr) == (0, True), done.stderr


def test_a_zip_without_samples_has_none(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"packaging_config": {"type": "Zipfile", "include_sample_code": False}}))
    done = run("package", RUN, "-c", config, "-o", tmp_path, "--golden", "--no-runtime-packages")
    assert done.exit_code == 0
    with zipfile.ZipFile(tmp_path / "OutputModels.zip") as archive:
        assert not [name for name in archive.namelist() if "golden" in name]


def test_packaging_without_them_loads_no_runtime(tmp_path: Path) -> None:
    code = (
        "import sys; from modelpress.cli.main import modelpress; "
        f"modelpress(['package', {str(RUN)!r}, '-o', {str(tmp_path)!r}], standalone_mode=False); "
        "print({'onnxruntime', 'modelpress.model.golden.child'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_settings_may_ask_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez(tmp_path / "here" / "real.npz", features=np.ones((2, 4)))
    Path("modelpress.yaml").write_text("render: {inputs: real.npz}\n")
    rendered(tmp_path / "p", MODEL)
    golden = json.loads((tmp_path / "p" / "golden" / "golden.json").read_text())
    assert golden["inputs"][0]["data"] == [1] * 8
    assert run("package", MODEL, "-o", tmp_path).exit_code == 0
    with zipfile.ZipFile(tmp_path / "OutputModels.zip") as archive:
        assert "SampleCode/golden/golden.json" in archive.namelist()
    monkeypatch.setenv("MODELPRESS_RENDER_GOLDEN", "false")
    rendered(tmp_path / "q", MODEL)
    assert not (tmp_path / "q" / "golden").exists()


def test_the_same_project_twice_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(tmp_path / "one.zip", RUN)
    monkeypatch.setenv("HOME", str(tmp_path / "another"))  # nothing is kept there yet
    rendered(tmp_path / "two.zip", RUN)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def refused(*arguments: object) -> dict[str, str]:
    result = run("render", *arguments, "--format", "json")
    assert result.exit_code == 2, result.output
    error = json.loads(result.stdout)["error"]
    assert not Path("p").exists()
    assert isinstance(error, dict)
    return error


def test_bad_input_is_refused_and_nothing_is_written() -> None:
    np.savez("wrong.npz", features=np.ones((2, 5)))
    Path("corrupt.npz").write_bytes(Path("wrong.npz").read_bytes()[:70])
    error = refused(MODEL, "-o", "p", "--inputs", "wrong.npz")
    assert "'features' (float32[batch, 4]) cannot be float64[2, 5]" in error["message"]
    error = refused(MODEL, "-o", "p", "--inputs", "corrupt.npz")
    assert "cannot be read as an .npz file" in error["message"]
    assert error["file"].endswith("corrupt.npz")
    error = refused(MODEL, "-o", "p", "--dim", "batch=9999999")
    assert "input 'features' (float32[batch, 4]) would be [9999999, 4]" in error["message"]
    assert refused(MODEL, "-o", "p", "--dim", "features:1=7")["hint"].endswith("batch, features:0.")
    assert "--inputs FILE.npz" in refused(MODEL, "-o", "p", "--inputs", ".")["hint"]


def test_a_model_that_cannot_run_is_rendered_with_the_reason(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    node = helper.make_node("Mystery", ["x"], ["y"], domain="my.own")
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([node], "g", infos[:1], infos[1:])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("my.own", 1)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    Path("own.onnx").write_bytes(model.SerializeToString())
    result = rendered(tmp_path / "p", "own.onnx")
    assert "golden vectors are left out: the model needs a custom-op library for the domain 'my.own'" in result.stderr
    assert not (tmp_path / "p" / "golden").exists()


def test_other_formats_are_rendered_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "model.xml").write_text("<net/>")
    listing = tmp_path / "candidates.yaml"
    listing.write_text("candidates: [{id: a, model: model.xml}]\n")
    result = rendered(tmp_path / "p", listing)
    assert "golden vectors are left out: modelpress computes them for ONNX models" in result.stderr


def test_without_onnxruntime_the_project_is_rendered_and_the_extra_named(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    for folder in map(Path, site.getsitepackages()):
        for path in folder.iterdir():
            if not path.name.startswith("onnxruntime"):
                (packages / path.name).symlink_to(path)
    (packages / "modelpress").mkdir()
    for path in (*(ROOT / "generator" / "modelpress").iterdir(), ROOT / "templates"):
        (packages / "modelpress" / path.name).symlink_to(path)
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    program = [sys.executable, "-S", "-m", "modelpress", "render", MODEL, "-o", tmp_path / "p", "-t", "candidate"]
    done = subprocess.run(program, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "onnxruntime is not installed. Install it: pip install 'modelpress[cpu]'" in done.stderr
    assert not (tmp_path / "p" / "golden").exists()


def test_a_run_whose_provider_is_not_here(tmp_path: Path) -> None:
    shutil.copyfile(MODEL, "model.onnx")
    settings = {"execution_provider": ["CUDAExecutionProvider"]}
    listing = {"candidates": [{"id": "a", "model": "model.onnx", "inference_settings": settings}]}
    Path("candidates.json").write_text(json.dumps(listing))
    result = rendered(tmp_path / "p", "candidates.json")
    assert "CUDAExecutionProvider is not available here; they were computed on the CPU" in result.stderr
    golden = json.loads((tmp_path / "p" / "golden" / "golden.json").read_text())
    assert golden["note"] == "the candidate's own provider CUDAExecutionProvider is not available here"


@pytest.mark.parametrize(
    ("top", "own", "options", "size"),
    [
        ({"batch": 3}, {}, (), 3),
        ({"batch": 3}, {"batch": 4}, (), 4),
        ({}, {"features:0": 4}, (), 4),
        ({"batch": 3}, {"batch": 4}, ("--dim", "batch=5"), 5),
        ({}, {"features:0": 4}, ("--dim", "batch=5"), 5),
        ({"batch": 4}, {}, ("--dim", "features:0=5"), 5),
    ],
)
def test_a_listing_says_sizes_and_the_user_says_them_first(
    tmp_path: Path, top: dict[str, int], own: dict[str, int], options: tuple[str, ...], size: int
) -> None:
    entry = {"model": str(MODEL), "dims": own}
    Path("candidates.json").write_text(json.dumps({"dims": top, "candidates": [entry]}))
    result = rendered(tmp_path / "p", "candidates.json", *options)
    assert "guessed" not in result.stderr
    golden = json.loads((tmp_path / "p" / "golden" / "golden.json").read_text())
    assert golden["dimensions"] == {"batch": {"size": size, "origin": "given"}}
    sample = tmp_path / "p" / "samples" / "python" / "sample.py"
    done = subprocess.run([sys.executable, sample, "--format", "json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["inputs"][0]["shape"] == [size, 4]
