"""Model files that are no longer where the run recorded them."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelpress.candidates import CandidateSet, ModelSearch, locate, read
from modelpress.candidates.candidate import Candidate
from modelpress.errors import ModelpressError, UnsafeInputError

OLIVE = Path(__file__).parents[2] / "data" / "olive"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run without its cache; it lies in `cache` beside the run."""
    shutil.copytree(OLIVE / "0.9.1-search-zip", tmp_path / "run")
    shutil.move(tmp_path / "run" / "olive_cache", tmp_path / "cache")
    return tmp_path / "run"


def candidate(found: CandidateSet, own_id: str) -> Candidate:
    return next(one for one in found.candidates if one.id == own_id)


def place_of(source: Path, own_id: str, *roots: Path) -> str:
    found = read(source)
    return str(locate(candidate(found, own_id).model, found, model_roots=roots).place)


def at(cache: Path, own_id: str) -> str:
    return str(cache / "default_workflow" / "runs" / own_id / "models" / "digits_cnn.onnx")


def test_the_recorded_path_is_taken_where_it_exists(run: Path, tmp_path: Path) -> None:
    footprints = run / "footprints.json"
    recorded = "/olive/cache/0.9.1-search-zip"
    footprints.write_text(footprints.read_text().replace(recorded, (tmp_path / "cache").as_posix()))
    assert place_of(run, "d01fcce8") == at(tmp_path / "cache", "d01fcce8")


def test_the_own_zip_holds_the_results(run: Path) -> None:
    for number, own_id in enumerate(("51aec17d", "586a48e5", "d01fcce8", "f70d676e"), 1):
        folder = f"CandidateModels/cpu-cpu/BestCandidateModel_{number}"
        assert place_of(run, own_id) == f"{run / 'OutputModels.zip'}!{folder}/model.onnx"


@pytest.mark.parametrize(
    "below", ["", "default_workflow", "default_workflow/runs", "default_workflow/runs/57182fa8/models"]
)
def test_a_model_root_at_any_depth(run: Path, tmp_path: Path, below: str) -> None:
    cache = tmp_path / "cache"
    assert place_of(run, "57182fa8", tmp_path / "none", cache / below) == at(cache, "57182fa8")


def test_the_default_cache_of_the_working_directory(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.move(tmp_path / "cache", tmp_path / ".olive-cache")
    monkeypatch.chdir(tmp_path)
    assert place_of(run, "57182fa8") == at(tmp_path / ".olive-cache", "57182fa8")


def test_the_default_cache_beside_the_run(run: Path, tmp_path: Path) -> None:
    shutil.move(tmp_path / "cache", tmp_path / ".olive-cache")
    assert place_of(run, "57182fa8") == at(tmp_path / ".olive-cache", "57182fa8")


def test_a_windows_path_is_found_by_its_tail(run: Path, tmp_path: Path) -> None:
    footprints = json.loads((run / "footprints.json").read_text())
    config = footprints["57182fa8"]["model_config"]["config"]
    config["model_path"] = "C:\\olive\\cache\\runs\\57182fa8\\models\\digits_cnn.onnx"
    (run / "footprints.json").write_text(json.dumps(footprints))
    assert place_of(run, "57182fa8", tmp_path / "cache") == at(tmp_path / "cache", "57182fa8")


def test_the_best_of_a_search_lies_at_the_top(run: Path) -> None:
    (run / "OutputModels.zip").unlink()
    assert place_of(run, "586a48e5") == str(run / "model.onnx")
    with pytest.raises(ModelpressError, match="was not found"):
        place_of(run, "f70d676e")


def test_the_second_best_is_not_taken_for_a_best_that_cannot_be_read(run: Path) -> None:
    (run / "OutputModels.zip").unlink()
    footprints = json.loads((run / "footprints.json").read_text())
    footprints["586a48e5"]["model_config"] = {"type": "onnxmodel"}
    (run / "footprints.json").write_text(json.dumps(footprints))
    with pytest.raises(ModelpressError, match="was not found"):
        place_of(run, "f70d676e")


def test_what_is_not_found_names_every_place(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run)
    (run / "OutputModels.zip").unlink()
    with pytest.raises(ModelpressError) as caught:
        place_of(run, "57182fa8", tmp_path / "elsewhere")
    recorded = "/olive/cache/0.9.1-search-zip/default_workflow/runs/57182fa8/models/digits_cnn.onnx"
    tail = "runs/57182fa8/models/digits_cnn.onnx"
    places = [
        recorded,
        f"{tail} below {run}",
        f"{tail} below {tmp_path / 'elsewhere'}",
        f"{tail} below {run / '.olive-cache'}",
        f"{tail} below {tmp_path / '.olive-cache'}",
        f"the model saved in {run}",
    ]
    assert caught.value.message == f"the model {recorded} was not found; tried {'; '.join(places)}"
    assert "--model-root" in caught.value.hint


def test_a_file_of_the_same_name_is_not_taken_for_the_model(run: Path, tmp_path: Path) -> None:
    """Olive gives every model of a run the name of the one that it began with."""
    (run / "OutputModels.zip").unlink()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "digits_cnn.onnx").write_bytes(b"the input model")
    shutil.copy(tmp_path / "models" / "digits_cnn.onnx", run)
    with pytest.raises(ModelpressError, match="was not found"):
        place_of(run, "57182fa8", tmp_path / "models")


def test_one_walk_serves_all_models(run: Path, tmp_path: Path) -> None:
    found = read(run)
    search = ModelSearch(found, (tmp_path / "cache",))
    assert [str(search.locate(one.model).place) for one in found.candidates] == [
        at(tmp_path / "cache", one.id) for one in found.candidates
    ]


def test_the_zip_is_asked_for_the_candidate_of_the_same_accelerator(tmp_path: Path) -> None:
    shutil.copytree(OLIVE / "0.7.1.1-multiep-zip", tmp_path / "run", ignore=shutil.ignore_patterns("olive_cache"))
    run = tmp_path / "run"
    for accelerator in ("cpu-cpu", "cpu-openvino"):
        folder = f"CandidateModels/{accelerator}/BestCandidateModel_1"
        assert place_of(run, f"{accelerator}/bd000aa8") == f"{run / 'OutputModels.zip'}!{folder}/model.onnx"


def test_session_tuning_shares_the_model_of_another_node(tmp_path: Path) -> None:
    run = OLIVE / "0.7.1.1-search-tune-zip"
    assert place_of(run, "319e2345").endswith("runs/bd000aa8/models/digits_cnn.onnx")
    shutil.copytree(run, tmp_path / "run", ignore=shutil.ignore_patterns("olive_cache"))
    zipped = place_of(tmp_path / "run", "319e2345")
    assert zipped.endswith("OutputModels.zip!CandidateModels/cpu-cpu/BestCandidateModel_1/model.onnx")


def without(case: str, run: Path, *names: str) -> Path:
    shutil.copytree(OLIVE / case, run, ignore=shutil.ignore_patterns(*names))
    return run


def test_the_model_saved_without_a_search(tmp_path: Path) -> None:
    run = without("0.7.1.1-nosearch-zip", tmp_path / "run", "olive_cache", "*.zip")
    assert place_of(run, "90bd35ed") == str(run / "output_model" / "model.onnx")


def test_models_saved_by_flow_are_told_apart_by_their_metrics(tmp_path: Path) -> None:
    run = without("0.7.1.1-nosearch-zip", tmp_path / "run", "olive_cache", "*.zip")
    nodes: dict[str, Any] = json.loads((run / "footprints.json").read_text())
    nodes["11111111"] = json.loads(
        json.dumps(nodes["90bd35ed"]).replace("90bd35ed", "11111111").replace("0.09547", "0.5")
    )
    (run / "footprints.json").write_text(json.dumps(nodes))
    (run / "output_footprints.json").write_text(json.dumps({key: nodes[key] for key in ("90bd35ed", "11111111")}))
    shutil.move(run / "output_model", run / "first")
    for flow, value in (("quantize", "0.5"), ("tune", "0.09547")):
        shutil.copytree(run / "first", run / "output_model" / flow)
        metrics = run / "output_model" / flow / "metrics.json"
        metrics.write_text(metrics.read_text().replace("0.09547", value))
    assert place_of(run, "90bd35ed") == str(run / "output_model" / "tune" / "model.onnx")
    assert place_of(run, "11111111") == str(run / "output_model" / "quantize" / "model.onnx")
    for flow in ("quantize", "tune"):
        (run / "output_model" / flow / "metrics.json").unlink()
    with pytest.raises(ModelpressError, match="was not found"):
        place_of(run, "90bd35ed")


def test_a_composite_model_saved_at_the_top(tmp_path: Path) -> None:
    run = without("0.13.0-composite-nopkg", tmp_path / "run", "olive_cache")
    found = read(run)
    located = locate(found.candidates[0].model, found)
    assert [str(one.place) for one in located.components] == [str(run / "features.onnx"), str(run / "classifier.onnx")]
    assert str(located.place) == str(run)


def test_external_data_and_genai_in_the_zip(tmp_path: Path) -> None:
    run = without("0.13.0-extdata-search-zip", tmp_path / "data", "olive_cache")
    found = read(run)
    located = locate(candidate(found, "31710a6f").model, found)
    assert str(located.place).endswith("OutputModels.zip!CandidateModels/cpu-cpu/BestCandidateModel_1")
    assert (located.reference.onnx_file_name, len(located.left_out)) == ("model.onnx", 4)
    run = without("0.13.0-genai-zip", tmp_path / "genai", "olive_cache")
    found = read(run)
    located = locate(found.candidates[0].model, found)
    assert str(located.place).endswith("OutputModels.zip!CandidateModels/cpu-cpu/BestCandidateModel_1")
    assert located.sidecars == ()


def with_additional_files(tmp_path: Path, *paths: str) -> CandidateSet:
    footprint = json.loads((OLIVE / "0.13.0-noeval-zip" / "footprint.json").read_text())
    config = footprint["a88ebe09"]["model_config_data"]["config"]
    config["model_attributes"] = {"additional_files": list(paths)}
    run = without("0.13.0-noeval-zip", tmp_path / "run", "*.zip")
    (run / "footprint.json").write_text(json.dumps(footprint))
    return read(run)


def test_additional_files_beside_a_single_file_are_sidecars(tmp_path: Path) -> None:
    recorded = "/olive/cache/0.13.0-noeval-zip/default_workflow/runs/a88ebe09/models/tokenizer.json"
    found = with_additional_files(tmp_path, recorded, "/olive/cache/runs/0123abcd/models/vocab.txt", recorded)
    models = found.root / "olive_cache" / "default_workflow" / "runs" / "a88ebe09" / "models"
    (models / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelpressError, match=r"vocab\.txt, which belongs to the model .* was not found"):
        locate(found.candidates[0].model, found)
    (found.root / "old" / "0123abcd").mkdir(parents=True)
    (found.root / "old" / "0123abcd" / "vocab.txt").write_text("a")
    located = locate(found.candidates[0].model, found)
    assert [str(place) for place in located.sidecars] == [
        str(models / "tokenizer.json"),
        str(found.root / "old" / "0123abcd" / "vocab.txt"),
    ]


def test_no_file_of_this_computer_is_taken_because_a_record_names_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a key")
    found = with_additional_files(tmp_path, str(tmp_path / "secret"))
    with pytest.raises(ModelpressError, match=r"secret, which belongs to the model .* was not found"):
        locate(found.candidates[0].model, found)


def test_a_genai_model_saved_at_the_top_of_the_run(tmp_path: Path) -> None:
    run = without("0.13.0-genai-zip", tmp_path / "run", "olive_cache", "*.zip", "config.json")
    original = OLIVE / "0.13.0-genai-zip" / "olive_cache" / "default_workflow" / "runs" / "03c7649e"
    shutil.copytree(original / "models", run, dirs_exist_ok=True)
    config = (
        (original / "model.json")
        .read_text()
        .replace("/olive/cache/0.13.0-genai-zip/default_workflow/runs/03c7649e/models", "/olive/outputs/genai")
    )
    (run / "model_config.json").write_text(config)
    found = read(run)
    located = locate(found.candidates[0].model, found)
    assert str(located.place) == str(run / "model.onnx")
    names = sorted(place.name for place in located.sidecars)
    assert names == [
        "config.json",
        "genai_config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]


def listing(folder: Path, *models: str) -> CandidateSet:
    folder.mkdir(exist_ok=True)
    (folder / "candidates.json").write_text(json.dumps({"candidates": [{"model": model} for model in models]}))
    return read(folder / "candidates.json")


def test_models_of_a_list(tmp_path: Path) -> None:
    for name in ("a/m.onnx", "list/b/m.onnx", "list/old/c.onnx", "d.onnx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    models = ["../a/m.onnx", "b/m.onnx", "/gone/c.onnx", str(tmp_path / "d.onnx")]
    found = listing(tmp_path / "list", *models)
    places = [str(locate(one.model, found).place) for one in found.candidates]
    assert places == [
        str(tmp_path / "a" / "m.onnx"),
        str(tmp_path / "list" / "b" / "m.onnx"),
        str(tmp_path / "list" / "old" / "c.onnx"),
        str(tmp_path / "d.onnx"),
    ]


def test_a_tail_that_fits_several_files_or_several_candidates_is_not_taken(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / "list" / folder).mkdir(parents=True)
        (tmp_path / "list" / folder / "m.onnx").write_bytes(b"x")
    found = listing(tmp_path / "list", "/gone/m.onnx")
    with pytest.raises(ModelpressError, match="was not found"):
        locate(found.candidates[0].model, found)
    shutil.rmtree(tmp_path / "list" / "two")
    assert locate(found.candidates[0].model, found).place.name == "one/m.onnx"
    found = listing(tmp_path / "list", "/gone/a/m.onnx", "/gone/b/m.onnx")
    with pytest.raises(ModelpressError, match="was not found"):
        locate(found.candidates[0].model, found)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "..", "../../etc/passwd", "\\\\server\\share\\m.onnx", "C:", "/"])
def test_recorded_paths_that_are_no_paths(tmp_path: Path, path: str) -> None:
    run = without("0.13.0-noeval-zip", tmp_path / "run", "*.zip", "olive_cache", "config.json")
    found = read(run)
    reference = replace(found.candidates[0].model, path=path)
    with pytest.raises(ModelpressError, match="was not found"):
        locate(reference, found)


@pytest.mark.skipif(os.name == "nt", reason="making a link needs a privilege on Windows")
def test_a_link_that_leads_out_of_the_run_is_refused(run: Path, tmp_path: Path) -> None:
    target = run / "runs" / "57182fa8" / "models" / "digits_cnn.onnx"
    target.parent.mkdir(parents=True)
    target.symlink_to(at(tmp_path / "cache", "57182fa8"))
    with pytest.raises(UnsafeInputError, match="leads outside"):
        place_of(run, "57182fa8")
