"""How the service starts: where it finds the model, with which settings, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import onnx
import pytest

Render = Callable[..., Path]

DATA = Path(__file__).parents[2] / "data"
START = """
import json
from model_serving.service import Service
service = Service.start()
options = service.model.sessions[0].get_session_options()
print(json.dumps({
    "outputs": [argument.name for argument in service.model.results()],
    "warm": None if service.sample is None else sorted(service.sample),
    "threads": options.intra_op_num_threads,
}))
"""


def start(code: Path, root: Path | None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the service of scoring code in a process of its own, with AZUREML_MODEL_DIR."""
    given = {**os.environ, **environment, **({"AZUREML_MODEL_DIR": str(root)} if root else {})}
    command = [sys.executable, "-W", "error", "-c", START]
    return subprocess.run(command, cwd=code, env=given, capture_output=True, text=True, check=False, timeout=60)


def started(code: Path, root: Path | None, **environment: str) -> dict[str, Any]:
    done = start(code, root, **environment)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def refused(code: Path, root: Path | None, **environment: str) -> str:
    """The last line of what a start that fails prints."""
    done = start(code, root, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.splitlines()[-1].removeprefix("model_runner.messages.SampleError: ")


LAYOUTS: Mapping[str, str] = {
    "a file": "{root}",
    "a folder": "{root}/model",
    "a folder of another name": "{root}/5a26ed82f9805f23",
    "a name and a version": "{root}/digits-cpu/3/model",
    "a link to the folder": "{root}/linked",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_model_is_found_in_every_layout(project: Path, tmp_path: Path, layout: str) -> None:
    root = tmp_path / "azureml-models"
    root.mkdir()
    place = Path(LAYOUTS[layout].format(root=root))
    if layout == "a file":
        shutil.copy(project / "model" / "model.onnx", place)
    elif layout == "a link to the folder":
        place.symlink_to(project / "model")
    else:
        shutil.copytree(project / "model", place)
    assert started(project / "scoring", root)["outputs"] == ["y", "next"]


def test_without_azure_the_model_is_that_of_the_project(project: Path) -> None:
    assert started(project / "scoring", None)["outputs"] == ["y", "next"]


def test_an_mlflow_model_is_found_in_its_folder(linear: onnx.ModelProto, render: Render, tmp_path: Path) -> None:
    project = render(linear, sets=["candidate", "mlflow", "azure-online"])
    assert (project / "model" / "mlflow_model" / "MLmodel").is_file()
    shutil.copytree(project / "model" / "mlflow_model", tmp_path / "mlflow_model")
    assert started(project / "scoring", tmp_path)["outputs"] == ["y", "next"]
    assert started(project / "scoring", None)["outputs"] == ["y", "next"]


def test_all_components_are_found_together(render: Render, tmp_path: Path) -> None:
    project = render(DATA / "olive" / "0.13.0-composite-nopkg")
    shutil.copytree(project / "model", tmp_path / "registered" / "model")
    assert started(project / "scoring", tmp_path)["outputs"] == ["logits"]
    next((tmp_path / "registered" / "model").rglob("*.onnx")).unlink()
    assert refused(project / "scoring", tmp_path).startswith(f"no folder in {tmp_path} holds [")


def test_what_is_not_found_is_told_with_what_there_is(project: Path, tmp_path: Path) -> None:
    code = project / "scoring"
    nowhere = tmp_path / "nowhere"
    assert refused(code, nowhere) == f"there is no folder {nowhere}; AZUREML_MODEL_DIR names it"
    assert refused(code, tmp_path) == f"no folder in {tmp_path} holds ['model.onnx']; there is nothing"
    (tmp_path / "notes.txt").write_text("")
    assert refused(code, tmp_path) == f"no folder in {tmp_path} holds ['model.onnx']; there is notes.txt"
    for name in ("a", "b"):
        shutil.copytree(project / "model", tmp_path / name)
    both = f"{tmp_path / 'a'}, {tmp_path / 'b'}"
    assert refused(code, tmp_path) == f"more than one folder holds ['model.onnx']: {both}"


def test_it_is_warmed_up_with_golden_inputs_or_others_of_their_sizes(
    project: Path, linear: onnx.ModelProto, render: Render, tmp_path: Path
) -> None:
    assert started(project / "scoring", None)["warm"] == ["n", "x"]
    shutil.copytree(project / "scoring", tmp_path / "code")
    assert started(tmp_path / "code", project / "model")["warm"] == ["n", "x"]
    shutil.copytree(project / "golden", tmp_path / "code" / "golden")
    golden = tmp_path / "code" / "golden" / "golden.json"
    golden.write_text(golden.read_text().replace('"name": "x"', '"name": "z"'))
    assert "the model has no input 'z'" in refused(tmp_path / "code", project / "model")
    assert started(render(linear, golden=False) / "scoring", None)["warm"] is None


@pytest.fixture(scope="module")
def configured(
    linear: onnx.ModelProto, render: Render, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Projects of candidates with inference settings."""

    def make(**settings: Any) -> Path:
        folder = tmp_path_factory.mktemp("listing")
        (folder / "made.onnx").write_bytes(linear.SerializeToString())
        listing = {"candidates": [{"id": "a", "model": "made.onnx", "inference_settings": settings}]}
        (folder / "candidates.json").write_text(json.dumps(listing))
        return render(folder / "candidates.json")

    return make


def test_operators_that_onnxruntime_lacks_need_a_library(
    make_model: Callable[..., onnx.ModelProto], render: Render
) -> None:
    value = onnx.helper.make_tensor_value_info
    nodes = [onnx.helper.make_node("Twice", ["x"], ["y"], domain="acme")]
    inputs, outputs = ([value(name, onnx.TensorProto.FLOAT, [1])] for name in "xy")
    model = make_model(nodes, inputs, outputs)
    model.opset_import.append(onnx.helper.make_opsetid("acme", 1))
    code = render(model) / "scoring"
    assert refused(code, None) == (
        "the model has operators of acme, which ONNX Runtime lacks: name the library that has them in MODEL_CUSTOM_OPS"
    )
    library = code / "ops" / "libtwice.so"
    assert refused(code, None, MODEL_CUSTOM_OPS="ops/libtwice.so").startswith(f"cannot register {library}: ")


def test_threads_are_those_of_the_settings_wherever_these_lie(configured: Callable[..., Path], tmp_path: Path) -> None:
    project = configured(session_options={"intra_op_num_threads": 3})
    assert started(project / "scoring", None)["threads"] == 3
    shutil.copy(project / "model" / "model.onnx", tmp_path)
    assert started(project / "scoring", tmp_path)["threads"] == 3
    (tmp_path / "inference_config.json").write_text('{"session_options": {"intra_op_num_threads": 2}}')
    assert started(project / "scoring", tmp_path)["threads"] == 2
    (tmp_path / "inference_config.json").write_text('{"session_options": {"intra_op_num_threads": "many"}}')
    assert refused(project / "scoring", tmp_path).startswith("session option intra_op_num_threads='many': ")


def test_the_cpu_takes_the_place_of_a_device_only_where_that_is_allowed(configured: Callable[..., Path]) -> None:
    project = configured(execution_provider=["CUDAExecutionProvider", "CPUExecutionProvider"])
    message = refused(project / "scoring", None)
    assert message.startswith("CUDAExecutionProvider is not in this onnxruntime, which has ")
    assert message.endswith("Install the package that has it, or set ALLOW_PROVIDER_FALLBACK=1.")
    assert refused(project / "scoring", None, ALLOW_PROVIDER_FALLBACK="0") == message
    assert started(project / "scoring", None, ALLOW_PROVIDER_FALLBACK="1")["outputs"] == ["y", "next"]
