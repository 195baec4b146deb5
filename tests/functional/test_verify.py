"""`modelpress verify` on what was rendered, and on what was changed since."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from click.testing import CliRunner, Result
from onnx import TensorProto, helper

from modelpress.cli.main import modelpress

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
REAL_HOME = os.environ.get("HOME", "")
RUN = EXAMPLES / "olive-run" / "run"
MODEL = EXAMPLES / "single-model" / "model.onnx"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home" / "state"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def findings(result: Result) -> dict[str, dict[str, Any]]:
    return {found["what"]: found for found in json.loads(result.stdout)["findings"]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    result = run("render", MODEL, "-o", tmp_path / "project")
    assert result.exit_code == 0, result.output
    return tmp_path / "project"


def test_a_project_that_was_rendered_here_is_proved(project: Path) -> None:
    result = run("verify", project, "--only", "manifest,models", "--format", "json")
    assert result.exit_code == 0, result.output
    assert {what: found["status"] for what, found in findings(result).items()} == {
        "manifest": "passed",
        "models/model/model.onnx": "passed",
    }


def test_every_model_of_a_zip_is_loaded(tmp_path: Path) -> None:
    assert run("package", RUN, "-o", tmp_path).exit_code == 0
    result = run("verify", tmp_path / "OutputModels.zip", "--only", "manifest,models", "--format", "json")
    assert result.exit_code == 0, result.output
    assert sum(what.startswith("models/") for what in findings(result)) == 4


def test_a_project_from_elsewhere_is_not_run_without_trust(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another-computer"))
    result = run("verify", project, "--format", "json")
    assert result.exit_code == 0
    found = findings(result)
    assert found["manifest"]["status"] == "passed"
    assert found["models"]["status"] == found["samples"]["status"] == "skipped"
    assert "--trust" in found["samples"]["hint"]
    assert run("verify", project, "--require", "samples").exit_code == 3
    assert run("verify", project, "--only", "models", "--trust").exit_code == 0


def test_nothing_of_a_changed_project_is_run(project: Path, tmp_path: Path) -> None:
    sample = project / "samples" / "python" / "sample.py"
    sample.write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    result = run("verify", project, "--format", "json")
    assert result.exit_code == 3
    found = findings(result)
    assert "samples/python/sample.py changed" in found["manifest"]["detail"]
    assert found["samples"]["status"] == "skipped"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("change", ["mutated", "missing", "added"])
def test_a_changed_file_is_told(project: Path, change: str) -> None:
    model = project / "model" / "model.onnx"
    if change == "mutated":
        content = bytearray(model.read_bytes())
        content[-100] ^= 1
        model.write_bytes(content)
    elif change == "missing":
        model.unlink()
    else:
        shutil.copy(model, project / "model" / "other.onnx")
    result = run("verify", project, "--only", "manifest", "--format", "json")
    assert result.exit_code == 3
    assert "onnx" in findings(result)["manifest"]["detail"]


def test_a_model_that_does_not_load_is_told(project: Path) -> None:
    (project / "model" / "model.onnx").write_bytes(b"not a model")
    result = run("verify", project, "--only", "models", "--trust", "--format", "json")
    assert result.exit_code == 3
    assert findings(result)["models/model/model.onnx"]["status"] == "failed"


def test_a_rank_list_that_leads_outside_is_refused(project: Path) -> None:
    config = {"type": "onnxmodel", "config": {"model_path": "../../secret.onnx"}}
    (project / "models_rank.json").write_text(json.dumps([{"rank": 1, "model_config": config}]))
    result = run("verify", project, "--only", "models", "--trust")
    assert result.exit_code == 4


def test_a_project_without_a_rank_list_has_no_models_to_load(tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert run("render", RUN, "-t", "azure-models", "--no-golden", "-o", project).exit_code == 0
    result = run("verify", project, "--only", "manifest,models", "--format", "json")
    assert result.exit_code == 0
    assert findings(result)["models"]["detail"] == "there is no models_rank.json in the bundle"
    assert run("verify", project, "--require", "models").exit_code == 3
    (project / "models_rank.json").write_text("[1]")
    assert run("verify", project, "--only", "models", "--trust").exit_code == 3


def test_what_modelpress_did_not_write_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file.txt").write_text("text")
    result = run("verify", tmp_path / "folder")
    assert result.exit_code == 1
    assert "holds neither modelpress.lock nor SHA256SUMS" in result.stderr
    with zipfile.ZipFile(tmp_path / "escaping.zip", "w") as archive:
        archive.writestr("../evil", "evil")
    assert run("verify", tmp_path / "escaping.zip").exit_code == 4
    missing = run("verify", tmp_path / "nowhere")
    assert (missing.exit_code, "there is no such file or folder" in missing.stderr) == (1, True)
    unknown = run("verify", tmp_path / "folder", "--only", "everything")
    assert unknown.exit_code == 2


@pytest.mark.parametrize("name", ["fortran", "ccp", "sample/cpp"])
def test_what_can_never_be_found_cannot_be_required(project: Path, name: str) -> None:
    result = run("verify", project, "--only", "manifest", "--require", f"manifest,{name}")
    assert result.exit_code == 2
    assert f"--require {name.partition('/')[0]}: there is no such name" in result.stderr
    assert (
        "manifest, azure, models, samples, scoring, image, python, cpp, csharp, java, javascript, all" in result.stderr
    )


@pytest.mark.parametrize("name", ["models", "cpp", "samples", "models/model/other.onnx"])
def test_what_was_required_and_not_found_is_a_failure(project: Path, name: str) -> None:
    result = run("verify", project, "--only", "manifest", "--require", name, "--format", "json")
    assert result.exit_code == 3
    assert findings(result)[name]["detail"] == "required, but there is nothing of that name to check"
    assert findings(result)["manifest"]["status"] == "passed"


def test_a_check_and_one_thing_of_it_can_be_required(project: Path) -> None:
    required = "models,models/model/model.onnx"
    assert run("verify", project, "--only", "models", "--require", required, "--trust").exit_code == 0


def test_verifying_changes_nothing_in_the_project(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    run("verify", project, "--trust")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


@pytest.fixture
def large_project(tmp_path: Path) -> Path:
    """A project whose model has external data of 32 MiB, zeros that take no room on the disk."""
    size = 1 << 25
    weights = TensorProto(name="weights", data_type=TensorProto.FLOAT, dims=[size // 4])
    weights.data_location = TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="weights.bin")
    x, y = (helper.make_tensor_value_info(name, TensorProto.INT64, [1]) for name in ("x", "y"))
    y.type.tensor_type.elem_type = TensorProto.FLOAT
    graph = helper.make_graph([helper.make_node("Gather", ["weights", "x"], ["y"])], "large", [x], [y])
    graph.initializer.append(weights)
    source = tmp_path / "large"
    source.mkdir()
    onnx.save(
        helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), source / "model.onnx"
    )
    sparse(source / "weights.bin", size)
    assert run("render", source / "model.onnx", "-o", tmp_path / "project").exit_code == 0
    sparse(tmp_path / "project" / "model" / "weights.bin", size)
    leave_python_alone(tmp_path / "project")
    return tmp_path / "project"


def leave_python_alone(project: Path) -> None:
    """Take the other languages away: building them takes long."""
    for folder in (project / "samples").iterdir():
        if folder.name != "python":
            shutil.rmtree(folder)


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def test_a_large_model_is_loaded_and_run_without_being_copied(large_project: Path) -> None:
    sample = large_project / "samples" / "python" / "sample.py"
    blocks = "import pathlib\nprint(pathlib.Path('../../model/weights.bin').stat().st_blocks, 'blocks')\n"
    result = run("verify", large_project, "--only", "models,samples", "--trust", "--format", "json")
    assert result.exit_code == 0, result.output
    sample.write_text(blocks)
    result = run("verify", large_project, "--only", "samples", "--trust", "--format", "json")
    used = (large_project / "model" / "weights.bin").stat().st_blocks
    assert findings(result)["samples/python"]["detail"] == f"{used} blocks"


def test_a_program_that_writes_to_a_large_model_is_told(large_project: Path) -> None:
    weights = large_project / "model" / "weights.bin"
    sample = large_project / "samples" / "python" / "sample.py"
    sample.write_text("with open('../../model/weights.bin', 'r+b') as file: file.write(b'other')\n")
    result = run("verify", large_project, "--only", "samples", "--trust")
    with weights.open("rb") as file:
        reached = file.read(5) == b"other"
    # Where the file system lends clones, what is written to one stays there.
    assert reached == ("model/weights.bin changed while it was verified" in result.stderr) == (result.exit_code == 1)


def test_without_golden_vectors_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert run("render", MODEL, "-o", tmp_path / "bare", "--no-golden").exit_code == 0
    result = run("verify", tmp_path / "bare", "--only", "samples", "--format", "json")
    assert result.exit_code == 0
    assert findings(result)["samples"]["hint"] == "Render with --golden."


def test_the_python_sample_agrees_and_what_is_wrong_is_caught(project: Path) -> None:
    leave_python_alone(project)
    proved = run("verify", project, "--only", "samples", "--trust", "--format", "json")
    assert proved.exit_code == 0, proved.output
    assert findings(proved)["samples/python"]["status"] == "passed"
    golden = project / "golden" / "golden.json"
    document = json.loads(golden.read_text())
    document["outputs"][0]["data"][0] += 1
    golden.write_text(json.dumps(document))
    caught = run("verify", project, "--only", "samples", "--trust", "--format", "json")
    assert caught.exit_code == 3
    assert "check failed" in findings(caught)["samples/python"]["detail"]


def test_every_language_is_built_and_agrees(
    project: Path, require_tool: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("cmake", "g++", "mcs", "mvn", "javac", "node", "npm"):
        require_tool(tool)
    toolchains = ROOT / ".toolchains"
    if not all((toolchains / name / ".ready").exists() for name in ("cpp", "csharp")):
        pytest.fail("run make toolchains first") if os.environ.get("MODELPRESS_REQUIRE") else pytest.skip(
            "no toolchain"
        )
    monkeypatch.setenv("ORT_ROOT", str(toolchains / "cpp"))
    monkeypatch.setenv("CSHARP_TOOLCHAIN", str(toolchains / "csharp"))
    monkeypatch.setenv("HOME", REAL_HOME)  # where package managers keep what they fetched
    result = run("verify", project, "--only", "samples", "--require", "all", "--format", "json")
    assert result.exit_code == 0, result.output
    assert {what: found["status"] for what, found in findings(result).items()} == dict.fromkeys(
        ("samples/python", "samples/cpp", "samples/csharp", "samples/java", "samples/javascript"), "passed"
    )
