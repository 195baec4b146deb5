"""MLflow loads the models that are packaged for it, and they give the golden outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from modelpress.errors import ModelpressError, UsageError
from modelpress.model.golden import Wishes
from modelpress.packaging.chosen import Chosen, Request, candidate_of_rank, choose
from modelpress.packaging.golden import NO_GOLDEN, Golden, golden_of
from modelpress.packaging.olive_zip import set_names
from modelpress.packaging.rendering import Rendering
from modelpress.pipeline import Prepared, Target, execute, plan_project, plan_zip
from modelpress.templating import ProjectContext, search_path

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
SOURCE = "CandidateModels/cpu-cpu/BestCandidateModel_1"
HOSTILE_NAME = 'x"); import os; os.system("id") #\n: {a: *b}'
RENDERING = Rendering.of(ProjectContext("mlflow test", "1"), search_path(), set_names(samples=True, mlflow=True), {})

Shape = list[int | str]
SETTINGS = {
    "execution_provider": ["CPUExecutionProvider"],
    "provider_options": [{"use_arena": False}],
    "session_options": {
        "intra_op_num_threads": 3,
        "execution_mode": 1,
        "graph_optimization_level": "ORT_ENABLE_BASIC",
        "extra_session_config": {"session.set_denormal_as_zero": "1"},
        "enable_profiling": None,
    },
}


def identity(inputs: Mapping[str, tuple[int, Shape]]) -> onnx.ModelProto:
    """Each input comes out under its name with `out ` before it."""
    nodes = [helper.make_node("Identity", [name], [f"out {name}"]) for name in inputs]
    into = [helper.make_tensor_value_info(name, *kind) for name, kind in inputs.items()]
    out = [helper.make_tensor_value_info(f"out {name}", *kind) for name, kind in inputs.items()]
    return model_of(helper.make_graph(nodes, "graph", into, out))


def model_of(graph: onnx.GraphProto) -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, ir_version=10, opset_imports=opsets)


def matmul() -> onnx.ModelProto:
    weights = numpy_helper.from_array(np.arange(4096, dtype=np.float32).reshape(64, 64) / 4096, "weights")
    into = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 64])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 64])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "weights"], ["y"])], "g", [into], [out], [weights])
    return model_of(graph)


def zip_map() -> onnx.ModelProto:
    into = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])
    held = helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    out = helper.make_value_info("scores", helper.make_sequence_type_proto(held))
    node = helper.make_node("ZipMap", ["x"], ["scores"], domain="ai.onnx.ml", classlabels_int64s=[1, 2, 3])
    return model_of(helper.make_graph([node], "g", [into], [out]))


KINDS: dict[str, tuple[int, Shape]] = {
    "half": (TensorProto.FLOAT16, [2, 2]),
    "double": (TensorProto.DOUBLE, ["n", 2]),
    "whole": (TensorProto.INT64, [3]),
    "byte": (TensorProto.UINT8, [2, 1, 2]),
    "truth": (TensorProto.BOOL, [4]),
    "scalar": (TensorProto.FLOAT, []),
}
TEXT: dict[str, tuple[int, Shape]] = {"text": (TensorProto.STRING, ["n", 2])}
EMPTY: dict[str, tuple[int, Shape]] = {"none": (TensorProto.FLOAT, [0, 2])}
MADE = {
    "kinds": identity(KINDS),
    "text": identity(TEXT),
    "empty": identity(EMPTY),
    "hostile": identity({HOSTILE_NAME: (TensorProto.FLOAT, [HOSTILE_NAME, 2])}),
    "zipmap": zip_map(),
}


def sources(folder: Path) -> dict[str, Path]:
    """Sources of candidates by name."""
    found = {"digits": DATA / "models" / "digits" / "digits.onnx"}
    for name, model in MADE.items():
        found[name] = folder / f"{name}.onnx"
        onnx.save(model, found[name])
    (folder / "external").mkdir()
    found["external"] = folder / "external" / "big.onnx"
    onnx.save(matmul(), found["external"], save_as_external_data=True, location="big weights.bin", size_threshold=0)
    listing = {"candidates": [{"model": "kinds.onnx", "inference_settings": SETTINGS}]}
    found["settings"] = folder / "candidates.yaml"
    found["settings"].write_text(yaml.safe_dump(listing))
    return found


def golden_for(chosen: Chosen) -> Golden:
    golden = golden_of(chosen, Wishes())
    assert golden.vectors is not None
    return golden


def packed(chosen: Chosen, target: Path, golden: Golden = NO_GOLDEN) -> Prepared:
    prepared = plan_zip(chosen, RENDERING, Target(target), golden)
    execute(prepared)
    return prepared


@dataclass(frozen=True)
class Loaded:
    """An unpacked MLflow model, and what MLflow made of it."""

    folder: Path
    golden: Mapping[str, bytes]
    found: Mapping[str, Any]

    def outputs(self, way: str) -> list[np.ndarray[Any, Any]]:
        with np.load(self.folder.with_name(f"{way}.npz")) as held:
            return [held[name] for name in held.files]

    @property
    def expected(self) -> list[np.ndarray[Any, Any]]:
        with np.load(self.folder.with_name("outputs.npz")) as held:
            return [held[name] for name in held.files]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Loaded]:
    """Every source, packaged and loaded by MLflow. One process loads all: importing MLflow takes seconds."""
    made = tmp_path_factory.mktemp("packed")
    folders, vectors = {}, {}
    for name, source in sources(tmp_path_factory.mktemp("made")).items():
        chosen = choose(Request(source))
        golden = golden_for(chosen)
        assert golden.vectors is not None
        packed(chosen, made / f"{name}.zip", golden)
        with zipfile.ZipFile(made / f"{name}.zip") as archive:
            archive.extractall(made / name)
        folders[name] = made / name / SOURCE / "mlflow_model"
        vectors[name] = golden.vectors.files
        for file in ("inputs.npz", "outputs.npz"):
            folders[name].with_name(file).write_bytes(golden.vectors.files[file])
    done = subprocess.run(
        [sys.executable, str(HERE / "load_models.py"), *map(str, folders.values())],
        cwd=tmp_path_factory.mktemp("nowhere"),
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: Loaded(folder, vectors[name], found[str(folder)]) for name, folder in folders.items()}


@pytest.mark.parametrize("name", ["digits", "external", "settings", *MADE])
def test_both_flavours_give_the_golden_outputs(name: str, loaded: dict[str, Loaded]) -> None:
    model = loaded[name]
    names = [one["name"] for one in json.loads(model.golden["golden.json"])["outputs"]]
    for way in ("onnx", "pyfunc"):
        assert model.found[way] == names
        for ours, golden in zip(model.outputs(way), model.expected, strict=True):
            assert ours.dtype == golden.dtype
            np.testing.assert_array_equal(ours, golden) if golden.dtype.kind in "biuU" else np.testing.assert_allclose(
                ours, golden, rtol=1e-3, atol=1e-5
            )


@pytest.mark.parametrize("name", ["digits", "external", "kinds", "text", "hostile", "zipmap"])
def test_the_input_example_is_the_golden_input(name: str, loaded: dict[str, Loaded]) -> None:
    for ours, golden in zip(loaded[name].outputs("example"), loaded[name].outputs("pyfunc"), strict=True):
        assert ours.dtype == golden.dtype
        np.testing.assert_array_equal(ours, golden)


def test_an_empty_input_has_no_example_since_json_cannot_hold_its_shape(loaded: dict[str, Loaded]) -> None:
    assert not (loaded["empty"].folder / "input_example.json").exists()
    assert not loaded["empty"].folder.with_name("example.npz").exists()


def test_the_signature_is_that_of_the_model(loaded: dict[str, Loaded]) -> None:
    assert loaded["kinds"].found["inputs"] == {
        "half": ["float16", [2, 2]],
        "double": ["float64", [-1, 2]],
        "whole": ["int64", [3]],
        "byte": ["uint8", [2, 1, 2]],
        "truth": ["bool", [4]],
        "scalar": ["float32", []],
    }
    assert loaded["hostile"].found["inputs"] == {HOSTILE_NAME: ["float32", [-1, 2]]}
    assert loaded["hostile"].found["outputs"] == {f"out {HOSTILE_NAME}": ["float32", [-1, 2]]}
    assert loaded["zipmap"].found["inputs"] == {"x": ["float32", [2, 3]]}
    assert loaded["zipmap"].found["outputs"] == {}


def test_session_options_and_provider_options_reach_the_session(loaded: dict[str, Loaded]) -> None:
    found = loaded["settings"].found
    assert (found["execution_mode"], found["graph_optimization_level"]) == ("ORT_PARALLEL", "ORT_ENABLE_BASIC")
    assert (found["intra_op_num_threads"], found["denormals"]) == (3, "1")
    document = yaml.safe_load((loaded["settings"].folder / "MLmodel").read_text())
    assert document["flavors"]["onnx"]["providers"] == [["CPUExecutionProvider", {"use_arena": "0"}]]
    assert document["flavors"]["onnx"]["onnx_session_options"] == {
        "intra_op_num_threads": 3,
        "execution_mode": "parallel",
        "graph_optimization_level": 1,
        "extra_session_config": {"session.set_denormal_as_zero": "1"},
    }
    assert list(found["providers"]) == ["CPUExecutionProvider"]
    assert loaded["digits"].found["execution_mode"] == "ORT_SEQUENTIAL"


def test_the_model_lies_in_the_zip_once_with_its_external_data(loaded: dict[str, Loaded]) -> None:
    folder = loaded["external"].folder
    root = folder.parents[3]
    assert sorted(path.name for path in folder.iterdir()) == [
        "MLmodel",
        "big weights.bin",
        "conda.yaml",
        "inference_config.json",
        "input_example.json",
        "model.onnx",
        "python_env.yaml",
        "requirements.txt",
    ]
    assert [path for path in root.rglob("*.onnx") if path.is_file()] == [folder / "model.onnx"]
    assert [path.stat().st_size for path in root.rglob("*weights*")] == [4 * 4096]
    sizes = [(folder / name).stat().st_size for name in ("model.onnx", "big weights.bin")]
    assert loaded["external"].found["size"] == sum(sizes)


def test_the_record_names_the_folder_as_olive_does_and_loads(loaded: dict[str, Loaded]) -> None:
    root = loaded["external"].folder.parents[3]
    (entry,) = json.loads((root / "models_rank.json").read_text())
    config = entry["model_config"]["config"]
    assert config["model_path"] == f"{SOURCE}/mlflow_model"
    assert (root / config["model_path"] / config["onnx_file_name"]).is_file()
    assert json.loads((root / SOURCE / "model_info.json").read_text())["model_config"]["config"] == config


def test_the_sample_finds_the_model_and_its_settings(loaded: dict[str, Loaded]) -> None:
    for name in ("external", "settings"):
        sample = loaded[name].folder.parents[3] / "SampleCode" / "python" / "sample.py"
        done = subprocess.run([sys.executable, str(sample), "--check"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "check passed" in done.stderr
        assert "default settings" not in done.stderr


def test_two_renders_are_the_same_bytes_and_another_model_has_another_id(
    loaded: dict[str, Loaded], tmp_path: Path
) -> None:
    onnx.save(MADE["kinds"], tmp_path / "kinds.onnx")
    chosen = choose(Request(tmp_path / "kinds.onnx"))
    packed(chosen, tmp_path / "again.zip", golden_for(chosen))
    with zipfile.ZipFile(tmp_path / "again.zip") as archive:
        for path in loaded["kinds"].folder.iterdir():
            assert archive.read(f"{SOURCE}/mlflow_model/{path.name}") == path.read_bytes()
    uuids = {one.found["uuid"] for one in loaded.values()}
    assert len(uuids) == len(loaded)
    assert all(len(uuid) == 32 and int(uuid, 16) for uuid in uuids)


def test_a_package_reads_its_own_mlflow_zip_again(loaded: dict[str, Loaded], tmp_path: Path) -> None:
    root = loaded["external"].folder.parents[3]
    loaded_again = choose(Request(root.parent / "external.zip"))
    (files,) = loaded_again.models.values()
    assert (files.path, sorted(files.files)) == ("model.onnx", ["big weights.bin", "model.onnx"])
    packed(loaded_again, tmp_path / "again.zip")
    with zipfile.ZipFile(tmp_path / "again.zip") as archive:
        assert f"{SOURCE}/mlflow_model/big weights.bin" in archive.namelist()


def test_a_project_holds_an_mlflow_model_where_the_set_is_asked_for(tmp_path: Path) -> None:
    onnx.save(MADE["kinds"], tmp_path / "kinds.onnx")
    sets = ["candidate", "ranking", "samples", "mlflow"]
    rendering = Rendering.of(ProjectContext("test", "1"), search_path(), sets, {})
    chosen = choose(Request(tmp_path / "kinds.onnx"), candidate_of_rank(1))
    execute(plan_project(chosen, rendering, Target(tmp_path / "project"), golden_for(chosen)))
    model = tmp_path / "project" / "model"
    assert {"MLmodel", "model.onnx", "input_example.json"} <= {path.name for path in (model / "mlflow_model").iterdir()}
    assert not (model / "model.onnx").exists()
    sample = tmp_path / "project" / "samples" / "python" / "sample.py"
    done = subprocess.run([sys.executable, str(sample), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("accelerator", "package"),
    [("cpu-cpu", "onnxruntime"), ("gpu-cuda", "onnxruntime-gpu"), ("cpu-openvino", "onnxruntime-openvino")],
)
def test_requirements_name_the_package_that_has_the_provider(accelerator: str, package: str, tmp_path: Path) -> None:
    onnx.save(MADE["kinds"], tmp_path / "kinds.onnx")
    listing = {"candidates": [{"model": "kinds.onnx", "accelerator": accelerator}]}
    (tmp_path / "candidates.yaml").write_text(yaml.safe_dump(listing))
    packed(choose(Request(tmp_path / "candidates.yaml")), tmp_path / "out.zip")
    folder = f"CandidateModels/{accelerator}/BestCandidateModel_1/mlflow_model"
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        lines = archive.read(f"{folder}/requirements.txt").decode().splitlines()
        conda = yaml.safe_load(archive.read(f"{folder}/conda.yaml"))
        assert f"{folder}/input_example.json" not in archive.namelist()
    assert [line.split("==")[0] for line in lines] == ["mlflow", "onnx", package]
    assert conda["dependencies"][-1] == {"pip": lines}


@pytest.mark.parametrize(
    ("source", "kind"),
    [("olive/0.13.0-genai-zip", "genai"), ("olive/0.13.0-composite-nopkg", "composite")],
)
def test_what_the_onnx_flavour_cannot_hold_is_refused(source: str, kind: str, tmp_path: Path) -> None:
    chosen = choose(Request(DATA / source))
    with pytest.raises(
        UsageError, match=f"cannot be an MLflow model: it holds one ONNX file.*format is {kind}"
    ) as error:
        plan_zip(chosen, RENDERING, Target(tmp_path / "out.zip"))
    assert "export_in_mlflow_format" in error.value.hint


def test_a_set_that_extends_it_gets_the_same_layout(tmp_path: Path) -> None:
    onnx.save(MADE["kinds"], tmp_path / "kinds.onnx")
    (tmp_path / "sets" / "served" / "model" / "mlflow_model").mkdir(parents=True)
    (tmp_path / "sets" / "served" / "template-set.yaml").write_text("extends: mlflow\n")
    (tmp_path / "sets" / "served" / "model" / "mlflow_model" / "id.txt.jinja").write_text("{{ mlflow.uuid | json }}")
    rendering = Rendering.of(ProjectContext("test", "1"), search_path([tmp_path / "sets"]), ["served"], {})
    execute(plan_project(choose(Request(tmp_path / "kinds.onnx")), rendering, Target(tmp_path / "project")))
    folder = tmp_path / "project" / "model" / "mlflow_model"
    assert (folder / "model.onnx").is_file()
    assert json.loads((folder / "id.txt").read_text()) == yaml.safe_load((folder / "MLmodel").read_text())["model_uuid"]


def test_a_file_of_the_model_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    onnx.save(MADE["kinds"], tmp_path / "model" / "kinds.onnx")
    (tmp_path / "model" / "requirements.txt").write_text("what the tokenizer needs")
    (tmp_path / "candidates.yaml").write_text("candidates: [{model: model}]")
    with pytest.raises(ModelpressError, match=r"mlflow_model/requirements.txt is written twice"):
        plan_zip(choose(Request(tmp_path / "candidates.yaml")), RENDERING, Target(tmp_path / "out.zip"))


def with_options(folder: Path, model: onnx.ModelProto, options: Mapping[str, Any]) -> Chosen:
    onnx.save(model, folder / "model.onnx")
    entry = {"model": "model.onnx", "inference_settings": {"session_options": dict(options)}}
    (folder / "candidates.yaml").write_text(yaml.safe_dump({"candidates": [entry]}))
    return choose(Request(folder / "candidates.yaml"))


def test_what_mlflow_leaves_out_is_warned_of(tmp_path: Path) -> None:
    model = identity(KINDS)
    model.graph.node[0].domain = "my.operators"
    model.opset_import.append(helper.make_opsetid("my.operators", 1))
    options = {"graph_optimization_level": 0, "enable_profiling": True}
    warnings = packed(with_options(tmp_path, model, options), tmp_path / "out.zip").warnings
    for text in ("enable_profiling", "cannot switch graph optimization off", "'my.operators' needs one"):
        assert len([warning for warning in warnings if text in warning]) == 1


def test_a_session_option_that_is_none_is_an_error(tmp_path: Path) -> None:
    chosen = with_options(tmp_path, identity(KINDS), {"execution_mode": "sideways"})
    with pytest.raises(ModelpressError, match="execution_mode is 'sideways'"):
        plan_zip(chosen, RENDERING, Target(tmp_path / "out.zip"))
