"""Golden vectors of models that generate: what they hold, and that --check and verify tell what differs."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime_genai
import pytest
from click.testing import CliRunner, Result

from modelpress.cli.main import modelpress
from modelpress.model.golden import Wishes

Make = Callable[..., Path]
Render = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MODELPRESS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home" / "state"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def changed(project: Any, target: Path) -> Any:
    """A copy of a project that a test may change."""
    shutil.copytree(project.root, target)
    return type(project)(target, project.samples)


def test_they_are_a_prompt_and_how_likely_its_continuation_is(project: Any) -> None:
    golden = project.golden
    assert golden["runtime"]["package"] == "onnxruntime-genai"
    assert golden["runtime"]["version"] == onnxruntime_genai.__version__
    prompt, tokens = golden["inputs"]
    assert prompt["name"] == "prompt"
    after = [*range(ord(prompt["data"][0][-1]) + 1, 127)]
    assert tokens["data"] == after[:16], "the likeliest token is the next in the alphabet"
    outputs = {output["name"]: output for output in golden["outputs"]}
    assert outputs["prompt_tokens"]["data"] == list(prompt["data"][0].encode())
    assert outputs["text"]["data"] == ["".join(map(chr, tokens["data"]))]
    assert outputs["logits"]["data"] == outputs["highest"]["data"] == [5] * len(tokens["data"])
    assert outputs["logits"]["tolerance"]["absolute"] > 0
    assert all(output["stable"] for output in outputs.values())


def test_the_sample_finds_the_continuation_as_likely(project: Any) -> None:
    outcome = project.call("--check", "--format", "json")
    assert outcome.code == 0, outcome.stderr
    assert "check passed: 4 outputs" in outcome.stderr.splitlines()
    document = json.loads(outcome.stdout)
    assert document["inputs"] == project.golden["inputs"]
    assert [one["name"] for one in document["outputs"]] == ["prompt_tokens", "logits", "highest", "text"]


def lower_logit(golden: dict[str, Any]) -> None:
    golden["outputs"][1]["data"][3] = 4.5


def other_text(golden: dict[str, Any]) -> None:
    golden["outputs"][3]["data"] = ["something else"]


def other_token(golden: dict[str, Any]) -> None:
    golden["inputs"][1]["data"][2] += 1


def fewer_tokens(golden: dict[str, Any]) -> None:
    golden["outputs"][0]["shape"] = [1]


def no_outputs(golden: dict[str, Any]) -> None:
    golden["outputs"].pop()


def other_form(golden: dict[str, Any]) -> None:
    golden["format"] = 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lower_logit, "check failed: output 'logits'[3]: got 5.0, expected 4.5"),
        (other_text, "check failed: output 'text'[0]: got "),
        (other_token, "check failed: output 'logits'[2]: got 4.0, expected 5"),
        (fewer_tokens, "check failed: output 'prompt_tokens': got int32 ["),
        (no_outputs, "golden.json is damaged: KeyError('text')"),
        (other_form, "golden.json is not of the form that this sample knows"),
    ],
)
def test_what_differs_is_told(project: Any, tmp_path: Path, change: Callable[[Any], None], message: str) -> None:
    copy = changed(project, tmp_path / "copy")
    golden = copy.golden
    change(golden)
    (copy.root / "golden" / "golden.json").write_text(json.dumps(golden))
    assert message in copy.call("--check").error


def test_another_model_is_told(project: Any, tmp_path: Path) -> None:
    copy = changed(project, tmp_path / "copy")
    model = onnx.load(copy.root / "model" / "model.onnx")
    step = next(tensor for tensor in model.graph.initializer if tensor.name == "step")
    step.float_data[0] = 2
    onnx.save(model, copy.root / "model" / "model.onnx")
    assert "check failed: output 'logits'[0]: got 4.0, expected 5" in copy.call("--check").error


def test_a_likelier_token_is_told_though_the_golden_ones_are_as_likely(project: Any, tmp_path: Path) -> None:
    copy = changed(project, tmp_path / "copy")
    model = onnx.load(copy.root / "model" / "model.onnx")
    last = next(node for node in model.graph.node if node.output == ["logits"])
    last.op_type = "Add"  # now the farthest token is the likeliest, and the next one as before
    onnx.save(model, copy.root / "model" / "model.onnx")
    assert "check failed: output 'highest'[0]: got " in copy.call("--check").error


def test_a_prompt_of_ones_own(make_folder: Make, render_folder: Render, tmp_path: Path) -> None:
    np.savez(tmp_path / "prompt.npz", prompt=np.array("xy"))
    project = render_folder(make_folder(), Wishes(inputs=tmp_path / "prompt.npz"))
    assert project.golden["inputs"][0]["data"] == ["xy"]
    assert project.golden["inputs"][1]["data"] == list(b"z{|}~"), "up to the end of the answer"
    assert project.call("--check").code == 0
    np.savez(tmp_path / "wrong.npz", promt=np.array("xy"))
    refused = run("render", make_folder(), "-o", tmp_path / "p", "--inputs", tmp_path / "wrong.npz")
    assert refused.exit_code == 2
    assert "the model has no input 'promt'" in refused.stderr
    assert "Its inputs: 'prompt' (string[])." in refused.stderr


def test_a_model_that_does_not_run_has_none(make_folder: Make, tmp_path: Path) -> None:
    folder = make_folder()
    (folder / "tokenizer.json").write_text("{")
    result = run("render", folder, "-o", tmp_path / "project")
    assert result.exit_code == 0, result.output
    assert (
        f"golden vectors are left out: onnxruntime-genai {onnxruntime_genai.__version__} cannot load" in result.stderr
    )
    assert not (tmp_path / "project" / "golden").exists()


def test_without_the_library_there_are_none(make_folder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelpress.installation.package_version", lambda _: None)
    result = run("render", make_folder(), "-o", tmp_path / "project")
    assert result.exit_code == 0, result.output
    assert "golden vectors are left out: onnxruntime-genai is not installed" in result.stderr
    assert "pip install 'modelpress[genai]'" in result.stderr


def test_the_same_again_is_the_same_and_comes_from_a_zip_too(make_folder: Make, tmp_path: Path) -> None:
    folder = make_folder()
    assert run("render", folder, "-o", tmp_path / "first").exit_code == 0
    assert run("package", folder, "-o", tmp_path / "packed", "--golden").exit_code == 0
    with zipfile.ZipFile(tmp_path / "packed" / "OutputModels.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    again = run("render", tmp_path / "packed" / "OutputModels.zip", "-o", tmp_path / "second")
    assert again.exit_code == 0, again.output
    first, second, packed = (
        (tmp_path / place / "golden.json").read_bytes()
        for place in ("first/golden", "second/golden", "unpacked/SampleCode/golden")
    )
    assert first == second == packed


@pytest.mark.parametrize("layout", ["project", "zip"])
def test_verify_runs_the_chat_sample(make_folder: Make, tmp_path: Path, layout: str) -> None:
    folder = make_folder()
    if layout == "project":
        made, target = run("render", folder, "-o", tmp_path / "project"), tmp_path / "project"
    else:
        made, target = run("package", folder, "-o", tmp_path, "--golden"), tmp_path / "OutputModels.zip"
    assert made.exit_code == 0, made.output
    result = run("verify", target, "--require", "python", "--format", "json")
    assert result.exit_code == 0, result.output
    found = {one["what"]: one for one in json.loads(result.stdout)["findings"]}
    assert found["samples/python"]["status"] == "passed"
    assert "check passed: 4 outputs" in found["samples/python"]["detail"]
    assert found["manifest"]["status"] == "passed"


def test_verify_tells_a_model_that_answers_otherwise(project: Any, tmp_path: Path) -> None:
    copy = changed(project, tmp_path / "copy")
    golden = copy.golden
    lower_logit(golden)
    (copy.root / "golden" / "golden.json").write_text(json.dumps(golden))
    result = run("verify", copy.root, "--only", "samples", "--trust", "--format", "json")
    assert result.exit_code == 3
    (found,) = json.loads(result.stdout)["findings"]
    assert "check failed: output 'logits'[3]" in found["detail"]
