"""Layouts of releases that no stored run is of, made from the nodes of real runs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from modelpress.candidates import locate, read
from modelpress.errors import ModelpressError, NoCandidateError

OLIVE = Path(__file__).parents[2] / "data" / "olive"
SEARCH = OLIVE / "0.9.1-search-zip"
FRONT = ["51aec17d", "586a48e5", "d01fcce8", "f70d676e"]


def nodes_of(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))


def selected(path: Path) -> list[str]:
    return [candidate.id for candidate in read(path).candidates if candidate.selected]


@pytest.mark.parametrize("prefix", ["gpu-cuda", "my_model_gpu-cuda", "cpu_spr-cpu_gpu-cuda"])
def test_files_named_by_accelerator(tmp_path: Path, prefix: str) -> None:
    """0.5 and 0.6: `[output name_]<accelerator>_footprints.json`."""
    shutil.copy(SEARCH / "footprints.json", tmp_path / f"{prefix}_footprints.json")
    shutil.copy(SEARCH / "pareto_frontier_footprints.json", tmp_path / f"{prefix}_pareto_frontier_footprints.json")
    found = read(tmp_path)
    assert selected(tmp_path) == FRONT
    assert {candidate.accelerator for candidate in found.candidates} == {"gpu-cuda"}
    assert found.pareto_default


def test_several_accelerators_in_one_folder(tmp_path: Path) -> None:
    for accelerator in ("gpu-tensorrt", "cpu-cpu"):
        shutil.copy(SEARCH / "footprints.json", tmp_path / f"{accelerator}_footprints.json")
        shutil.copy(
            SEARCH / "pareto_frontier_footprints.json", tmp_path / f"{accelerator}_pareto_frontier_footprints.json"
        )
    assert selected(tmp_path) == [f"{name}/{one}" for name in ("cpu-cpu", "gpu-tensorrt") for one in FRONT]
    assert [candidate.order for candidate in read(tmp_path).candidates] == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]


def test_no_search_before_0_7_offers_what_was_evaluated_or_comes_last(tmp_path: Path) -> None:
    nodes = nodes_of(OLIVE / "0.7.1.1-nosearch-zip" / "footprints.json")
    write(tmp_path / "evaluated" / "cpu-cpu_footprints.json", nodes)
    assert selected(tmp_path / "evaluated") == ["90bd35ed"]
    for node in nodes.values():
        node["metrics"] = None
    nodes["11111111"] = nodes["90bd35ed"] | {"model_id": "11111111", "parent_model_id": "90bd35ed"}
    write(tmp_path / "plain" / "cpu-cpu_footprints.json", nodes)
    assert selected(tmp_path / "plain") == ["11111111"]
    assert not read(tmp_path / "plain").pareto_default


def test_several_outputs_without_a_search(tmp_path: Path) -> None:
    """0.7 to 0.9 with several pass flows: the output of one may be the parent of another's."""
    nodes = nodes_of(OLIVE / "0.7.1.1-nosearch-zip" / "footprints.json")
    nodes["11111111"] = nodes["90bd35ed"] | {"model_id": "11111111", "parent_model_id": "90bd35ed"}
    write(tmp_path / "footprints.json", nodes)
    write(tmp_path / "output_footprints.json", {key: nodes[key] for key in ("90bd35ed", "11111111")})
    assert selected(tmp_path) == ["90bd35ed", "11111111"]


def test_the_output_of_a_flow_since_0_10_is_its_last_node(tmp_path: Path) -> None:
    """Since 0.10 output_footprint.json is the whole footprint."""
    nodes = nodes_of(OLIVE / "0.13.0-nosearch-zip" / "footprint.json")
    nodes["11111111"] = nodes["a88ebe09"] | {"model_id": "11111111", "parent_model_id": "a88ebe09"}
    nodes["a88ebe09"]["metrics"] = None
    write(tmp_path / "footprint.json", nodes)
    write(tmp_path / "output_footprint.json", nodes)
    assert selected(tmp_path) == ["11111111"]
    assert [one.reason for one in read(tmp_path).rejected] == ["was not evaluated"]


def test_a_pareto_file_of_another_run_is_passed_over(tmp_path: Path) -> None:
    shutil.copy(SEARCH / "footprints.json", tmp_path)
    other = OLIVE / "0.7.1.1-search-flows-zip" / "pareto_frontier_footprints.json"
    shutil.copy(other, tmp_path)
    assert selected(tmp_path) == FRONT
    place = tmp_path / "pareto_frontier_footprints.json"
    assert read(tmp_path).warnings == (f"{place} is of another run and was not used",)


def test_the_newest_release_wins_in_a_folder_that_was_used_twice(tmp_path: Path) -> None:
    shutil.copy(SEARCH / "footprints.json", tmp_path)
    shutil.copy(OLIVE / "0.13.0-search-zip" / "footprint.json", tmp_path)
    assert selected(tmp_path) == ["2da32b8b", "76e2c196"]
    assert read(tmp_path).warnings == (f"{tmp_path / 'footprints.json'} is of an older run and was not read",)


def test_without_marks_the_evaluated_nodes_that_meet_the_goals_are_results(tmp_path: Path) -> None:
    nodes = nodes_of(SEARCH / "footprints.json")
    for node in nodes.values():
        node["is_pareto_frontier"] = False
    nodes["586a48e5"]["metrics"]["if_goals_met"] = False
    write(tmp_path / "footprints.json", nodes)
    assert selected(tmp_path) == ["51aec17d", "57182fa8", "868ab7ad", "d01fcce8", "f70d676e"]
    missed = next(one for one in read(tmp_path).candidates if one.id == "586a48e5")
    assert not missed.goals_met
    assert read(tmp_path).pareto_default


def test_a_search_whose_goals_nothing_meets_offers_nothing_but_shows_all(tmp_path: Path) -> None:
    nodes = nodes_of(SEARCH / "footprints.json")
    for node in nodes.values():
        node["is_pareto_frontier"] = False
        if node["metrics"]:
            node["metrics"]["if_goals_met"] = False
    write(tmp_path / "footprints.json", nodes)
    found = read(tmp_path)
    assert selected(tmp_path) == []
    assert len(found.candidates) == 6
    assert found.warnings == (f"{tmp_path / 'footprints.json'}: no model meets the goals of the run",)


def test_documented_and_older_forms_of_a_node(tmp_path: Path) -> None:
    """Types in mixed case, pairs of provider and options, a resource for a path, bare metric values."""
    nodes = {
        "in": {"parent_model_id": None, "model_id": "in"},
        "0_OnnxConversion-in-hash": {
            "parent_model_id": "in",
            "model_config": {
                "type": "ONNXModel",
                "config": {
                    "model_path": {"type": "file", "config": {"path": "/c/models/0_OnnxConversion-in-hash/model.onnx"}},
                    "inference_settings": {"execution_provider": [["TensorrtExecutionProvider", {"a": 1}]]},
                },
            },
            "from_pass": "OnnxConversion",
            "metrics": {"value": {"latency": 1.5}, "cmp_direction": {"latency": -1}, "is_goals_met": True},
        },
    }
    write(tmp_path / "footprints.json", nodes)
    (one,) = read(tmp_path).candidates
    assert (one.model.type, one.accelerator, one.selected) == ("onnxmodel", "gpu-tensorrt", True)
    assert one.model.path == "/c/models/0_OnnxConversion-in-hash/model.onnx"
    assert one.metrics["latency"].value == 1.5
    assert not one.metrics["latency"].higher_is_better


def test_nan_and_infinite_figures_are_kept(tmp_path: Path) -> None:
    nodes = nodes_of(SEARCH / "footprints.json")
    nodes["586a48e5"]["metrics"]["value"]["latency-avg"]["value"] = float("nan")
    nodes["f70d676e"]["metrics"]["value"]["latency-avg"]["value"] = float("inf")
    nodes["d01fcce8"]["metrics"]["value"]["latency-avg"]["value"] = None
    nodes["51aec17d"]["metrics"]["value"]["latency-avg"]["value"] = "fast"
    write(tmp_path / "footprints.json", nodes)
    values = {one.id: one.metrics["latency-avg"].value for one in read(tmp_path).candidates}
    assert str(values["586a48e5"]) == "nan"
    assert values["f70d676e"] == float("inf")
    assert values["d01fcce8"] is values["51aec17d"] is None


def test_one_malformed_node_is_left_out_unless_strict(tmp_path: Path) -> None:
    nodes = nodes_of(SEARCH / "footprints.json")
    nodes["586a48e5"]["model_config"] = {"type": "onnxmodel", "config": {"model_path": None}}
    nodes["d01fcce8"] = ["not", "a", "node"]
    write(tmp_path / "footprints.json", nodes)
    found = read(tmp_path)
    assert {one.id: one.reason for one in found.rejected if one.unusable} == {
        "586a48e5": "its model configuration names no model_path",
        "d01fcce8": "its record is a list where a mapping should be",
    }
    assert selected(tmp_path) == ["51aec17d", "f70d676e"]
    with pytest.raises(ModelpressError, match="candidate 586a48e5 cannot be used: its model configuration names no"):
        read(tmp_path, strict=True)


def test_parents_that_go_in_a_circle(tmp_path: Path) -> None:
    nodes = nodes_of(OLIVE / "0.13.0-search-zip" / "footprint.json")
    nodes["2da32b8b"]["parent_model_id"] = "76e2c196"
    nodes["76e2c196"]["parent_model_id"] = "2da32b8b"
    write(tmp_path / "footprint.json", nodes)
    found = read(tmp_path)
    assert [one.id for one in found.rejected if one.unusable] == ["2da32b8b", "76e2c196"]
    assert len(found.candidates) == 17
    with pytest.raises(ModelpressError) as caught:
        read(tmp_path, strict=True)
    assert caught.value.message == (
        f"{tmp_path}: candidate 2da32b8b cannot be used: its parents go in a circle through 2da32b8b"
    )


def test_a_chain_that_is_too_long_is_left_out_in_good_time(tmp_path: Path) -> None:
    step = nodes_of(OLIVE / "0.13.0-noeval-zip" / "footprint.json")["a88ebe09"]
    nodes: dict[str, Any] = {"m0": {"parent_model_id": None}}
    nodes |= {f"m{n}": step | {"parent_model_id": f"m{n - 1}"} for n in range(1, 500)}
    write(tmp_path / "footprint.json", nodes)
    found = read(tmp_path)
    assert len(found.candidates) == 99
    assert found.rejected[0].reason == "its history has more than 100 passes"


def test_a_footprint_without_models_says_why(tmp_path: Path) -> None:
    nodes = nodes_of(OLIVE / "0.13.0-search-zip" / "footprint.json")
    write(tmp_path / "footprint.json", {key: nodes[key] for key in ("ad05817c", "c98b8375", "66a01e5e")})
    with pytest.raises(NoCandidateError) as caught:
        read(tmp_path)
    assert caught.value.message == (
        f"{tmp_path} holds no candidate model: c98b8375, 66a01e5e (failed or was pruned in the run)"
    )
    write(tmp_path / "footprint.json", {})
    with pytest.raises(NoCandidateError, match=r"holds no candidate model$"):
        read(tmp_path)


def test_models_in_a_cache_of_olive_0_6_are_found_by_their_id(tmp_path: Path) -> None:
    model_id = "1_OnnxQuantization-0-abc"
    config = {"model_path": f"/old/.olive-cache/models/{model_id}/output_model/model.onnx"}
    record = {"parent_model_id": "0", "model_config": {"type": "ONNXModel", "config": config}, "from_pass": "Q"}
    write(tmp_path / "cpu-cpu_footprints.json", {"0": {"parent_model_id": None}, model_id: record})
    model = tmp_path / ".olive-cache" / "models" / model_id / "output_model" / "model.onnx"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"x")
    found = read(tmp_path)
    assert str(locate(found.candidates[0].model, found).place) == str(model)
