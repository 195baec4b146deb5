"""The rendered Python sample as a program: as users run it, on real models, and as source code."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

Make = Callable[..., onnx.ModelProto]
Render = Callable[[onnx.ModelProto], Any]
RenderSource = Callable[[Path], Any]

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
RUNS = ["0.13.0-search-zip", "0.13.0-extdata-search-zip", "0.9.1-search-zip", "0.7.1.1-search-tune-zip"]
HOSTILE = [
    'x"); import os; os.system("touch pwned") #',
    "two\nlines\r",
    "back\\slash\\",
    "'''\"\"\"",
    "\N{PARTY POPPER} \N{RIGHT-TO-LEFT OVERRIDE}",
    "{{ 7*7 }} {% raw %}",
    "a=b:0|c`<b>",
    "\x1b[31m",
]

tensor = helper.make_tensor_value_info


@pytest.fixture(scope="module")
def hostile(make_model: Make, render_model: Render) -> Any:
    """Hostile names of inputs, outputs and dimensions: a scalar and a free vector for each."""
    return render_model(
        make_model(
            [
                helper.make_node("Identity", [f"{kind} {name}"], [f"{kind} out {name}"])
                for kind in ("scalar", "vector")
                for name in HOSTILE
            ],
            [
                *(tensor(f"scalar {name}", TensorProto.FLOAT, []) for name in HOSTILE),
                *(tensor(f"vector {name}", TensorProto.FLOAT, [name]) for name in HOSTILE),
            ],
            [
                *(tensor(f"scalar out {name}", TensorProto.FLOAT, []) for name in HOSTILE),
                *(tensor(f"vector out {name}", TensorProto.FLOAT, [name]) for name in HOSTILE),
            ],
        )
    )


@pytest.fixture(scope="module")
def real(render_source: RenderSource) -> Any:
    """The model of a real run, with its weights in another file."""
    return render_source(DATA / "models" / "digits" / "digits.onnx")


def test_hostile_names_are_data(hostile: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = hostile.command("--format", "json", *(f"--dim={name}=2" for name in HOSTILE))
    values = outcome.inputs
    assert set(values) == {f"{kind} {name}" for kind in ("scalar", "vector") for name in HOSTILE}
    assert outcome.values == {
        f"{kind} out {name}": values[f"{kind} {name}"] for kind in ("scalar", "vector") for name in HOSTILE
    }
    assert all(isinstance(values[f"scalar {name}"], float) for name in HOSTILE)
    assert all(len(values[f"vector {name}"]) == 2 for name in HOSTILE)
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_do_not_reach_the_terminal(hostile: Any) -> None:
    outcome = hostile.command()
    assert outcome.code == 0
    for stream in (outcome.stdout, outcome.stderr):
        assert all(line.isprintable() for line in stream.splitlines())
    assert "two\\nlines\\r" in outcome.stdout
    assert "\N{PARTY POPPER}" in hostile.call().stdout


def test_a_terminal_that_lacks_characters_is_no_error(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert "\\U0001f389" in hostile.command().stdout


def test_hostile_names_in_documents(hostile: Any) -> None:
    page = (hostile.folder / "README.md").read_text(encoding="utf-8")
    assert "<b>" not in page
    for line in page.splitlines():
        assert line.isprintable()
        assert line.count("|") in (0, 3, 4)  # 4: an option with an escaped one


def test_external_data_and_the_result_of_onnxruntime(real: Any, tmp_path: Path) -> None:
    session = ort.InferenceSession(str(DATA / "models" / "digits" / "digits.onnx"))
    images = np.random.default_rng(5).random((3, 1, 8, 8), np.float32)
    (expected,) = session.run(None, {"input": images})
    np.savez(tmp_path / "images.npz", input=images)
    outcome = real.command("--format", "json", "--inputs", tmp_path / "images.npz")
    assert outcome.values == {"logits": expected.tolist()}
    assert outcome.document["providers"] == ["CPUExecutionProvider"]


def test_another_model_with_settings_beside_it(real: Any, tmp_path: Path, make_model: Make) -> None:
    other = make_model(
        [helper.make_node("Neg", ["input"], ["y"])],
        [tensor("input", TensorProto.FLOAT, [2])],
        [tensor("y", TensorProto.FLOAT, [2])],
    )
    (tmp_path / "other.onnx").write_bytes(other.SerializeToString())
    assert real.call_json("--model", tmp_path / "other.onnx").outputs["y"]["shape"] == [2]
    (tmp_path / "inference_config.json").write_text('{"execution_provider": ["CUDAExecutionProvider"]}')
    assert "CUDAExecutionProvider is not in this onnxruntime" in real.call("--model", tmp_path / "other.onnx").error


def test_components_run_in_their_order(render_source: RenderSource, tmp_path: Path) -> None:
    project = render_source(DATA / "olive" / "0.13.0-composite-nopkg")
    images = np.random.default_rng(7).random((2, 1, 8, 8), np.float32)
    np.savez(tmp_path / "images.npz", input=images)
    outcome = project.command("--format", "json", "--inputs", tmp_path / "images.npz")
    parts = [
        ort.InferenceSession(str(DATA / "models" / "composite" / f"{part}.onnx")) for part in ("features", "classifier")
    ]
    (features,) = parts[0].run(None, {"input": images})
    (expected,) = parts[1].run(None, {parts[1].get_inputs()[0].name: features})
    assert outcome.values == {"logits": expected.tolist()}
    components = [DATA / "models" / "composite" / f"{part}.onnx" for part in ("features", "classifier")]
    named = project.call_json("--model", components[0], "--model", components[1], "--inputs", tmp_path / "images.npz")
    assert named.values == outcome.values


@pytest.mark.parametrize("run", RUNS)
def test_winners_of_real_runs(render_source: RenderSource, run: str) -> None:
    project = render_source(DATA / "olive" / run)
    outcome = project.call_json()
    image = np.array(next(iter(outcome.inputs.values())), np.float32)
    (expected,) = ort.InferenceSession(str(project.model)).run(None, {"input": image})
    np.testing.assert_allclose(outcome.values["logits"], expected, rtol=1e-5)
    assert project.call().stdout.splitlines()[0].split() == ["output", "type", "shape", "values"]


def test_the_sample_of_a_zip_runs_the_best_candidate(unpack_zip: RenderSource, render_source: RenderSource) -> None:
    source = DATA / "olive" / "0.7.1.1-multiep-zip"
    project = unpack_zip(source)
    (model,) = project.program()["MODELS"]
    assert model.parent.relative_to(project.root).match("CandidateModels/*/BestCandidateModel_1")
    outcome = project.command("--format", "json", "--allow-fallback")
    assert outcome.values == render_source(source).call_json("--allow-fallback").values


def test_a_missing_runtime_is_named_with_its_installation(real: Any) -> None:
    outcome = real.command(options=["-S", "-I"])
    assert "no module named" in outcome.error.lower()
    assert f"-m pip install -r {real.folder / 'requirements.txt'}" in outcome.stderr


def test_help_names_every_option_of_the_page(real: Any) -> None:
    page = (real.folder / "README.md").read_text(encoding="utf-8")
    told = real.command("--help").stdout
    options = {word for word in told.replace(",", " ").split() if word.startswith("--")} - {"--help"}
    assert options == {word.strip("`") for word in page.split() if word.startswith("`--")}
    assert len(options) == 10


def test_requirements_are_pinned(real: Any) -> None:
    lines = (real.folder / "requirements.txt").read_text().splitlines()
    assert [line.split("==")[0] for line in lines] == ["onnxruntime", "numpy"]
    assert all(line.split("==")[1] for line in lines)


def test_models_for_other_runtimes_have_a_page_only(render_source: RenderSource, tmp_path: Path) -> None:
    (tmp_path / "model.xml").write_text('<net name="m" version="11"/>')
    (tmp_path / "model.bin").write_bytes(b"weights")
    project = render_source(tmp_path)
    assert [path.name for path in project.folder.iterdir()] == ["README.md"]
    assert "openvino.Core().read_model" in (project.folder / "README.md").read_text()


def test_extensions_are_registered_where_the_candidate_says_so(
    real: Any, tmp_path: Path, render_source: RenderSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    shutil.copytree(DATA / "olive" / "0.13.0-nosearch-zip", run)
    for record in run.glob("*footprint.json"):
        text = record.read_text()
        record.write_text(text.replace('"use_ort_extensions": false', '"use_ort_extensions": true'))
    project = render_source(run)
    assert "onnxruntime-extensions==" in (project.folder / "requirements.txt").read_text()
    monkeypatch.setitem(sys.modules, "onnxruntime_extensions", None)
    assert f"{sys.executable} -m pip install onnxruntime_extensions" in project.call().error
    assert real.call().code == 0


def test_recorded_providers_are_what_is_asked_for(render_source: RenderSource, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "examples" / "single-model" / "model.onnx", tmp_path / "model.onnx")
    settings = {"execution_provider": ["CUDAExecutionProvider"], "provider_options": [{"device_id": HOSTILE[0]}]}
    listing = {"candidates": [{"id": "a", "model": "model.onnx", "inference_settings": settings}]}
    (tmp_path / "candidates.json").write_text(json.dumps(listing))
    project = render_source(tmp_path / "candidates.json")
    assert project.program()["PROVIDERS"] == [["CUDAExecutionProvider", {"device_id": HOSTILE[0]}]]
    assert "CUDAExecutionProvider is not in this onnxruntime" in project.call().error
    assert project.call("--allow-fallback").code == 0
    assert "onnxruntime-gpu==" in (project.folder / "requirements.txt").read_text()
