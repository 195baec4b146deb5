"""Output folders and zips of real runs: what is found in them."""

import json
from pathlib import Path

import pytest

from modelpress.candidates import locate, read
from modelpress.candidates.candidate import CandidateSet

OLIVE = Path(__file__).parents[2] / "data" / "olive"

# case: results in the order of the run, other models, rejected
RUNS = {
    "0.13.0-composite-nopkg": (["2e0c7419"], 0, 0),
    "0.13.0-extdata-search-zip": (["fc9fc68c", "31710a6f"], 0, 2),
    "0.13.0-genai-zip": (["03c7649e"], 0, 0),
    "0.13.0-noeval-zip": (["a88ebe09"], 0, 0),
    "0.13.0-nosearch-zip": (["a88ebe09"], 0, 0),
    "0.13.0-search-zip": (["2da32b8b", "76e2c196"], 17, 2),
    "0.7.1.1-multiep-zip": (
        [
            "cpu-cpu/bd000aa8",
            "cpu-cpu/a251ed09",
            "cpu-cpu/efc5fed4",
            "cpu-cpu/3237aa19",
            "cpu-openvino/bd000aa8",
            "cpu-openvino/efc5fed4",
        ],
        8,
        0,
    ),
    "0.7.1.1-nosearch-zip": (["90bd35ed"], 0, 0),
    "0.7.1.1-search-flows-zip": (["4b763166", "bd000aa8", "efc5fed4"], 4, 0),
    "0.7.1.1-search-tune-zip": (["319e2345", "efc5fed4"], 3, 3),
    "0.9.1-search-zip": (["51aec17d", "586a48e5", "d01fcce8", "f70d676e"], 2, 1),
}
# zip: its candidates by folder number; since 0.9.2 that is their rank
ZIPS = {
    "0.13.0-extdata-search-zip": ["31710a6f", "fc9fc68c"],
    "0.13.0-genai-zip": ["03c7649e"],
    "0.13.0-noeval-zip": ["a88ebe09"],
    "0.13.0-nosearch-zip": ["a88ebe09"],
    "0.13.0-search-zip": ["76e2c196", "2da32b8b"],
    "0.7.1.1-multiep-zip": [
        "cpu-cpu/bd000aa8",
        "a251ed09",
        "cpu-cpu/efc5fed4",
        "3237aa19",
        "cpu-openvino/bd000aa8",
        "cpu-openvino/efc5fed4",
    ],
    "0.7.1.1-nosearch-zip": ["90bd35ed"],
    "0.7.1.1-search-flows-zip": ["4b763166", "bd000aa8", "efc5fed4"],
    "0.7.1.1-search-tune-zip": ["319e2345", "efc5fed4"],
    "0.9.1-search-zip": ["51aec17d", "586a48e5", "d01fcce8", "f70d676e"],
}


def selected(found: CandidateSet) -> list[str]:
    return [candidate.id for candidate in found.candidates if candidate.selected]


def objectives(found: CandidateSet) -> list[str]:
    metrics = found.candidates[-1].metrics.values()
    return [metric.name for metric in sorted(metrics, key=lambda m: m.objective or 0) if metric.objective]


@pytest.mark.parametrize("case", RUNS)
def test_a_run_offers_its_results(case: str) -> None:
    results, others, rejected = RUNS[case]
    found = read(OLIVE / case, strict=True)
    assert selected(found) == results
    assert len(found.candidates) == len(results) + others
    assert len(found.rejected) == rejected
    assert found.kind == "olive-run"
    assert found.root == found.source == OLIVE / case


@pytest.mark.parametrize("case", RUNS)
def test_every_node_of_the_footprints_is_accounted_for(case: str) -> None:
    found = read(OLIVE / case)
    mains = [path for path in (OLIVE / case).rglob("footprint*.json") if "olive_cache" not in path.parts]
    nodes = [node for path in mains for node in json.loads(path.read_text()).values()]
    derived = [node for node in nodes if node["parent_model_id"] is not None]
    assert len(found.candidates) + len(found.rejected) == len(derived)
    ids = {candidate.id.rpartition("/")[2] for candidate in found.candidates} | {one.id for one in found.rejected}
    assert ids == {node["model_id"] for node in derived}


@pytest.mark.parametrize("case", ZIPS)
def test_a_zip_alone_offers_all_its_candidates(case: str) -> None:
    found = read(OLIVE / case / "OutputModels.zip", strict=True)
    assert selected(found) == [candidate.id for candidate in found.candidates] == ZIPS[case]
    assert (found.kind, found.rejected) == ("olive-zip", ())


@pytest.mark.parametrize("case", RUNS)
def test_every_model_of_a_run_is_found_under_it(case: str) -> None:
    found = read(OLIVE / case)
    for candidate in found.candidates:
        located = locate(candidate.model, found)
        assert located.place.entry is not None or located.place.is_folder
        assert "olive_cache" in str(located.place)
        in_cache = candidate.model.path.rpartition("/runs/")[2]
        assert str(located.place).endswith(f"/runs/{in_cache}")


@pytest.mark.parametrize("case", ZIPS)
def test_every_model_of_a_zip_is_found_in_it(case: str) -> None:
    found = read(OLIVE / case / "OutputModels.zip")
    for candidate in found.candidates:
        located = locate(candidate.model, found)
        place = f"OutputModels.zip!CandidateModels/{candidate.accelerator}/BestCandidateModel_"
        assert place in str(located.place)
        name = located.reference.onnx_file_name
        assert located.place.entry is not None or located.place.tree.entry(f"{located.place.name}/{name}") is not None


@pytest.mark.parametrize("case", ZIPS)
def test_run_and_zip_agree_on_what_they_share(case: str) -> None:
    run = {candidate.id.rpartition("/")[2]: candidate for candidate in read(OLIVE / case).candidates}
    for packaged in read(OLIVE / case / "OutputModels.zip").candidates:
        model_id = packaged.id.rpartition("/")[2]
        assert [step.model_id for step in packaged.history] == [step.model_id for step in run[model_id].history]
        assert [step.config for step in packaged.history] == [step.config for step in run[model_id].history]
        assert packaged.inference_settings == run[model_id].inference_settings
        assert packaged.metrics.keys() == run[model_id].metrics.keys()
        assert packaged.history[-1].model_id == model_id


@pytest.mark.parametrize(
    ("case", "listed", "held"),
    [
        ("0.7.1.1-multiep-zip", 1, 6),
        ("0.7.1.1-search-flows-zip", 1, 3),
        ("0.7.1.1-search-tune-zip", 1, 2),
        ("0.9.1-search-zip", 1, 4),
    ],
)
def test_a_rank_file_that_is_short_is_repaired_with_a_warning(case: str, listed: int, held: int) -> None:
    path = OLIVE / case / "OutputModels.zip"
    said = f"{path}!models_rank.json lists {listed} of {held} candidates"
    assert read(OLIVE / case).warnings == (f"{said}; the footprints were used",)
    assert read(path).warnings == (f"{said}; the folders in CandidateModels were used",)


@pytest.mark.parametrize("case", sorted(RUNS.keys() - {"0.7.1.1-multiep-zip", "0.7.1.1-search-flows-zip"}))
def test_sound_runs_raise_no_warning(case: str) -> None:
    assert all("models_rank.json lists" in warning for warning in read(OLIVE / case).warnings)


def test_failed_and_unevaluated_nodes_are_rejected_with_the_reason() -> None:
    failed = read(OLIVE / "0.13.0-search-zip").rejected
    assert {one.id: one.reason for one in failed} == {
        "c98b8375": "failed or was pruned in the run",
        "66a01e5e": "failed or was pruned in the run",
    }
    unevaluated = read(OLIVE / "0.9.1-search-zip").rejected
    assert [(one.id, one.reason, one.unusable) for one in unevaluated] == [("a2c80624", "was not evaluated", False)]


def test_objectives_come_from_cmp_direction_and_in_the_order_of_priority() -> None:
    assert objectives(read(OLIVE / "0.9.1-search-zip")) == [
        "latency-avg",
        "accuracy-accuracy_score",
        "size-kb",
        "quality-nll",
    ]
    # 0.13 writes priority -1 for its own size metric, which is an objective all the same.
    found = read(OLIVE / "0.13.0-search-zip")
    assert objectives(found) == ["latency-avg", "accuracy-accuracy_score", "size-bytes"]
    assert found.candidates[0].metrics["size-bytes"].priority == -1
    assert found.candidates[0].metrics["latency-p90"].objective is None


def test_objectives_come_from_priorities_where_cmp_direction_is_empty() -> None:
    found = read(OLIVE / "0.7.1.1-nosearch-zip")
    assert objectives(found) == ["latency-avg", "accuracy-accuracy_score", "size-kb", "quality-nll"]
    metrics = found.candidates[0].metrics
    assert metrics["accuracy-accuracy_score"].higher_is_better
    assert not metrics["latency-avg"].higher_is_better


def test_a_search_records_its_front_and_other_runs_do_not() -> None:
    search = read(OLIVE / "0.13.0-search-zip")
    assert search.pareto_default
    assert [one.id for one in search.candidates if one.on_pareto_front] == selected(search)
    plain = read(OLIVE / "0.13.0-nosearch-zip")
    assert not plain.pareto_default
    assert plain.candidates[0].on_pareto_front is None


def test_history_begins_with_the_input_model() -> None:
    best = next(one for one in read(OLIVE / "0.9.1-search-zip").candidates if one.id == "586a48e5")
    assert [(step.model_id, step.pass_name) for step in best.history] == [
        ("ad05817c", None),
        ("a2c80624", "onnxpeepholeoptimizer"),
        ("586a48e5", "onnxquantization"),
    ]
    assert best.history[0].config is None
    assert best.history[2].config is not None
    assert best.input_metrics is not None
    assert best.input_metrics["latency-avg"].value == 0.05514
    assert best.metrics["latency-avg"].value == 0.0382


def test_accelerators_come_from_folders_and_from_the_workflow(tmp_path: Path) -> None:
    found = read(OLIVE / "0.7.1.1-multiep-zip")
    assert {one.id: one.accelerator for one in found.candidates if one.id.endswith("bd000aa8")} == {
        "cpu-cpu/bd000aa8": "cpu-cpu",
        "cpu-openvino/bd000aa8": "cpu-openvino",
    }
    run = tmp_path / "run"
    run.mkdir()
    footprint = (OLIVE / "0.13.0-noeval-zip" / "footprint.json").read_text()
    (run / "footprint.json").write_text(footprint)
    assert read(run).candidates[0].accelerator == "cpu-cpu"
    system = {"accelerators": [{"device": "gpu", "execution_providers": ["CUDAExecutionProvider"]}]}
    (run / "config.json").write_text(json.dumps({"systems": {"here": system}, "target": "here", "input_model": {}}))
    assert read(run).candidates[0].accelerator == "gpu-cuda"


def test_settings_of_session_tuning_are_read() -> None:
    tuned = read(OLIVE / "0.7.1.1-search-tune-zip").candidates[1]
    assert tuned.id == "319e2345"
    assert tuned.inference_settings is not None
    assert tuned.inference_settings["execution_provider"] == ["CPUExecutionProvider"]
    assert tuned.model.path.endswith("/runs/bd000aa8/models/digits_cnn.onnx")


def test_a_renamed_file_of_a_packaged_folder_is_found_again() -> None:
    found = read(OLIVE / "0.13.0-extdata-search-zip" / "OutputModels.zip")
    model = found.candidates[0].model
    assert model.config["onnx_file_name"] == "digits.onnx"
    assert model.onnx_file_name == "model.onnx"
    located = locate(model, found)
    assert located.left_out == {"inference_config.json", "configurations.json", "metrics.json", "model_info.json"}


def test_a_composite_model_has_its_components() -> None:
    found = read(OLIVE / "0.13.0-composite-nopkg")
    model = found.candidates[0].model
    assert (model.type, model.component_names) == ("compositemodel", ("features", "classifier"))
    located = locate(model, found)
    assert [one.place.name.rpartition("/")[2] for one in located.components] == ["features.onnx", "classifier.onnx"]


@pytest.mark.parametrize("name", ["footprints.json", "pareto_frontier_footprints.json"])
def test_a_footprint_file_stands_for_its_run(name: str) -> None:
    case = OLIVE / "0.9.1-search-zip"
    found = read(case / name)
    assert (found.source, found.root) == (case / name, case)
    assert found.candidates == read(case).candidates


def test_the_folder_of_one_accelerator_is_a_run_of_its_own() -> None:
    found = read(OLIVE / "0.7.1.1-multiep-zip" / "cpu-openvino")
    assert selected(found) == ["bd000aa8", "efc5fed4"]
    assert {one.accelerator for one in found.candidates} == {"cpu-openvino"}
