"""Packages of every release, as zips and unpacked, whole and damaged."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from modelpress.candidates import locate, rank, read
from modelpress.errors import ModelpressError, NoCandidateError, UnsafeInputError

OLIVE = Path(__file__).parents[2] / "data" / "olive"
ZIP = OLIVE / "0.9.1-search-zip" / "OutputModels.zip"
FIRST = "CandidateModels/cpu-cpu/BestCandidateModel_1"


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def data(content: object) -> bytes:
    return json.dumps(content).encode()


def test_the_order_by_metrics_is_not_that_of_the_folders() -> None:
    assert [one.candidate.id for one in rank(read(ZIP)).entries] == ["586a48e5", "f70d676e", "51aec17d", "d01fcce8"]


def test_an_unpacked_zip_reads_as_the_zip_and_so_does_the_rank_file_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(tmp_path)
    for source in (tmp_path, tmp_path / "models_rank.json"):
        found = read(source)
        assert found.candidates == read(ZIP).candidates
        located = locate(found.candidates[0].model, found)
        assert str(located.place) == str(tmp_path / FIRST / "model.onnx")
        assert len(found.warnings) == 1


def test_olive_0_2_has_no_accelerators_and_its_metrics_are_a_node(tmp_path: Path) -> None:
    footprint = json.loads((OLIVE / "0.9.1-search-zip" / "footprints.json").read_text())
    files = {}
    for number, model_id in enumerate(("51aec17d", "586a48e5"), 1):
        folder = f"CandidateModels/BestCandidateModel_{number}"
        files[f"{folder}/model.onnx"] = b"x"
        files[f"{folder}/configurations.json"] = data({"ad05817c": None, model_id: {}})
        files[f"{folder}/metrics.json"] = data(footprint[model_id])
        files[f"{folder}/inference_config.json"] = data({"execution_provider": [["CUDAExecutionProvider", {}]]})
    found = read(pack(tmp_path / "old.zip", files))
    assert [one.id for one in found.candidates] == ["51aec17d", "586a48e5"]
    assert {one.accelerator for one in found.candidates} == {"gpu-cuda"}
    assert found.candidates[0].metrics == read(ZIP).candidates[0].metrics
    assert found.warnings == ()


def test_olive_0_2_1_and_bare_values(tmp_path: Path) -> None:
    files = {
        "CandidateModels/BestCandidateModel_1/model.onnx": b"x",
        "CandidateModels/BestCandidateModel_1/metrics.json": data({"latency": 1.5}),
    }
    (one,) = read(pack(tmp_path / "old.zip", files)).candidates
    assert (one.id, one.accelerator, one.metrics["latency"].value) == ("BestCandidateModel_1", "cpu-cpu", 1.5)


def test_olive_0_3_to_0_5_have_no_model_info(tmp_path: Path) -> None:
    """0.5 lists all candidates by their paths in the cache."""
    files = {name: content for name, content in files_of(ZIP).items() if not name.endswith("model_info.json")}
    footprint = json.loads((OLIVE / "0.9.1-search-zip" / "pareto_frontier_footprints.json").read_text())
    listed = [
        {"rank": rank, "model_config": node["model_config"], "metrics": node["metrics"]["value"]}
        for rank, node in enumerate(footprint.values(), 1)
    ]
    files["models_rank.json"] = data(listed)
    found = read(pack(tmp_path / "old.zip", files))
    new = read(ZIP)
    assert [(one.id, one.metrics, one.history) for one in found.candidates] == [
        (one.id, one.metrics, one.history) for one in new.candidates
    ]
    assert [one.model.path for one in found.candidates] == [one.model.path for one in new.candidates]
    assert found.warnings == ()
    del files["models_rank.json"]
    assert read(pack(tmp_path / "older.zip", files)).candidates == found.candidates


def test_folder_models_openvino_and_mlflow(tmp_path: Path) -> None:
    folder = "CandidateModels/cpu-cpu/BestCandidateModel_"
    config = {"model_path": f"{folder}1", "onnx_file_name": "old.onnx"}
    files = {
        f"{folder}1/model.onnx": b"x",
        f"{folder}1/w.bin": b"x",
        f"{folder}1/model_info.json": data({"rank": 1, "model_config": {"type": "onnxmodel", "config": config}}),
        f"{folder}2/model/openvino.xml": b"x",
        f"{folder}2/model/openvino.bin": b"x",
        f"{folder}3/mlflow_model/MLmodel": b"x",
        f"{folder}3/mlflow_model/model.onnx": b"x",
    }
    found = read(pack(tmp_path / "some.zip", files))
    assert [(one.model.type, one.model.path.removeprefix(folder)) for one in found.candidates] == [
        ("onnxmodel", "1"),
        ("openvinomodel", "2/model"),
        ("onnxmodel", "3/mlflow_model"),
    ]
    assert found.candidates[0].model.onnx_file_name == "model.onnx"
    assert locate(found.candidates[2].model, found).left_out == {
        "MLmodel",
        "conda.yaml",
        "inference_config.json",
        "input_example.json",
        "python_env.yaml",
        "requirements.txt",
    }


def test_the_folders_are_in_order_of_number_not_of_name(tmp_path: Path) -> None:
    numbers = [1, 2, 10, 11, 100]
    files = {f"CandidateModels/cpu-cpu/BestCandidateModel_{n}/model.onnx": b"x" for n in reversed(numbers)}
    found = read(pack(tmp_path / "many.zip", files))
    assert [one.id for one in found.candidates] == [f"BestCandidateModel_{n}" for n in numbers]


def test_paths_of_a_zip_made_on_windows(tmp_path: Path) -> None:
    files = files_of(ZIP)
    for name in [name for name in files if name.endswith(("model_info.json", "models_rank.json"))]:
        files[name] = files[name].replace(b"CandidateModels/cpu-cpu/", rb"CandidateModels\\cpu-cpu\\")
        files[name] = files[name].replace(b"/model.onnx", rb"\\model.onnx")
    assert b"\\\\model.onnx" in files[f"{FIRST}/model_info.json"]
    found = read(pack(tmp_path / "windows.zip", files))
    assert [one.model.path for one in found.candidates] == [one.model.path for one in read(ZIP).candidates]
    assert len(found.warnings) == 1


def test_other_metrics_in_the_rank_file_are_overruled(tmp_path: Path) -> None:
    files = files_of(ZIP)
    listed = json.loads(files["models_rank.json"])
    listed[0]["metrics"]["latency-avg"]["value"] = 99
    files["models_rank.json"] = data(listed)
    path = pack(tmp_path / "OutputModels.zip", files)
    found = read(path)
    assert found.candidates[3].metrics["latency-avg"].value == 0.04562
    said = f"{path}!models_rank.json has other metrics for CandidateModels/cpu-cpu/BestCandidateModel_4"
    assert found.warnings[1] == f"{said}; the folders in CandidateModels were used"
    run = tmp_path / "run"
    shutil.copytree(OLIVE / "0.9.1-search-zip", run)
    shutil.copy(path, run)
    assert (
        read(run)
        .warnings[1]
        .endswith("has other metrics for CandidateModels/cpu-cpu/BestCandidateModel_4; the footprints were used")
    )


def test_a_broken_rank_file_is_no_loss(tmp_path: Path) -> None:
    files = files_of(ZIP) | {"models_rank.json": b'[{"rank": 1, '}
    path = pack(tmp_path / "OutputModels.zip", files)
    found = read(path, strict=True)
    assert len(found.candidates) == 4
    assert found.warnings[0].startswith(f"{path}!models_rank.json:1:14: not valid JSON")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_info.json": b"{", "metrics.json": b"{}"}, "not valid JSON"),
        ({"configurations.json": b"<html>"}, "not valid JSON"),
        ({"model.onnx": None}, "holds no model"),
        ({"model_info.json": b'{"model_config": {"type": "onnxmodel"}}'}, "has nothing for config"),
    ],
)
def test_one_broken_candidate_does_not_stop_the_others(
    tmp_path: Path, changes: dict[str, bytes | None], reason: str
) -> None:
    files: dict[str, Any] = files_of(ZIP) | {f"{FIRST}/{name}": content for name, content in changes.items()}
    path = pack(tmp_path / "a.zip", {name: content for name, content in files.items() if content is not None})
    found = read(path)
    assert [one.id for one in found.candidates] == ["586a48e5", "d01fcce8", "f70d676e"]
    (rejected,) = found.rejected
    assert rejected.unusable
    assert reason in rejected.reason
    with pytest.raises(ModelpressError, match=reason):
        read(path, strict=True)


def test_a_zip_without_a_usable_candidate(tmp_path: Path) -> None:
    with pytest.raises(NoCandidateError, match=r"BestCandidateModel_1 .*holds no model"):
        read(pack(tmp_path / "a.zip", {f"{FIRST}/metrics.json": b"{}"}))


def test_a_truncated_zip(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(ZIP.read_bytes()[:100_000])
    with pytest.raises(ModelpressError, match=r"cut\.zip cannot be read as a zip"):
        read(path)
    run = tmp_path / "run"
    shutil.copytree(OLIVE / "0.9.1-search-zip", run)
    shutil.copy(path, run / "OutputModels.zip")
    found = read(run)
    assert len(found.candidates) == 6
    assert found.warnings[0].endswith("; it was not used")


def test_a_zip_with_a_path_that_leads_out(tmp_path: Path) -> None:
    with pytest.raises(UnsafeInputError, match="outside"):
        read(pack(tmp_path / "a.zip", {f"{FIRST}/../../../../etc/model.onnx": b"x"}))


def test_a_zip_of_another_run_beside_the_footprints_is_not_used(tmp_path: Path) -> None:
    shutil.copytree(OLIVE / "0.13.0-search-zip", tmp_path / "run")
    shutil.copy(ZIP, tmp_path / "run" / "OutputModels.zip")
    path = tmp_path / "run" / "OutputModels.zip"
    assert read(tmp_path / "run").warnings == (f"{path} holds none of the results of the run; it was not used",)


def test_a_run_that_was_zipped_whole(tmp_path: Path) -> None:
    path = Path(shutil.make_archive(str(tmp_path / "run"), "zip", OLIVE / "0.9.1-search-zip"))
    found = read(path)
    assert found.kind == "olive-run"
    located = locate(found.candidates[0].model, found)
    assert str(located.place) == f"{path}!olive_cache/default_workflow/runs/51aec17d/models/digits_cnn.onnx"


def test_a_rank_file_alone(tmp_path: Path) -> None:
    settings = {"execution_provider": ["QNNExecutionProvider"]}
    config = {
        "type": "ONNXModel",
        "config": {"model_path": "C:\\cache\\runs\\0a1b2c3d\\models\\m.onnx", "inference_settings": settings},
    }
    metrics = {"latency": {"value": 1, "priority": 1, "higher_is_better": False}}
    listed = [
        {"rank": 1, "model_config": config, "metrics": metrics},
        {"rank": 2, "model_config": {"type": "ONNXModel", "config": {"model_path": "a/b.onnx"}}, "metrics": None},
        {"rank": 3, "model_config": None, "metrics": None},
    ]
    path = tmp_path / "models_rank.json"
    path.write_bytes(data(listed))
    found = read(path)
    assert [(one.id, one.accelerator) for one in found.candidates] == [("0a1b2c3d", "npu-qnn"), ("rank-2", "cpu-cpu")]
    assert found.candidates[0].metrics["latency"].objective == 1
    assert [one.id for one in found.rejected] == ["rank-3"]
    assert read(tmp_path).candidates == found.candidates


def test_a_rank_file_in_a_project_with_its_model_beside(tmp_path: Path) -> None:
    with zipfile.ZipFile(ZIP) as archive:
        for name in archive.namelist():
            if name.startswith(f"{FIRST}/") and not name.endswith("/"):
                target = tmp_path / "model" / name.rpartition("/")[2]
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(archive.read(name))
    config = {"type": "onnxmodel", "config": {"model_path": "model/model.onnx"}}
    (tmp_path / "models_rank.json").write_bytes(data([{"rank": 1, "model_config": config, "metrics": None}]))
    found = read(tmp_path)
    (one,) = found.candidates
    assert (one.id, len(one.history)) == ("51aec17d", 3)
    assert str(locate(one.model, found).place) == str(tmp_path / "model" / "model.onnx")
