"""The JSON files of a candidate, compared field by field with those in zips that Olive wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelpress.bundle import RenderedText
from modelpress.candidates import Ranked, Ranking, RankingPolicy, rank, read
from modelpress.model import ModelFiles, runtime_for
from modelpress.templating import (
    Layout,
    PlacedModel,
    ProjectContext,
    RenderContext,
    build_context,
    load_sets,
    render,
    search_path,
)

CASES = Path(__file__).parents[2] / "data" / "zip-json"
# What lies in the candidate's folder of the zip, beside the JSON: (format, files, what a runtime loads).
FILES = {
    "0.7.1.1-search-tune": ("onnx", ["model.onnx"], "model.onnx"),
    "0.9.1-search": ("onnx", ["model.onnx"], "model.onnx"),
    "0.13.0-search": ("onnx", ["model.onnx"], "model.onnx"),
    "0.13.0-extdata-search": ("onnx", ["model.onnx", "w.bin"], "model.onnx"),
    "0.13.0-noeval": ("onnx", ["model.onnx"], "model.onnx"),
    "0.13.0-genai": (
        "genai",
        [
            "model.onnx",
            "model.onnx.data",
            "genai_config.json",
            "config.json",
            "generation_config.json",
            "tokenizer.json",
        ],
        "",
    ),
}
SETS = load_sets(search_path())


def without_machine(text: str) -> Any:
    """The document, with the absolute paths of the computer that Olive ran on cut to their last name."""
    return json.loads(re.sub(r'"/olive/(?:[^"/]*/)*([^"/]*)"', r'"\1"', text))


def folder_of(ranked: Ranked) -> str:
    return f"CandidateModels/{ranked.candidate.accelerator}/BestCandidateModel_{ranked.rank_in_accelerator}"


def layout_of(case: str) -> Layout:
    kind, names, path = FILES[case]
    files = ModelFiles(kind, {name: RenderedText(b"") for name in names}, path, None, "model")  # type: ignore[arg-type]
    ranking = rank(read(CASES / case / "run"), RankingPolicy())
    return Layout(ranking, {one.candidate.id: PlacedModel(files, folder_of(one)) for one in ranking.entries})


def context_of(layout: Layout, ranked: Ranked) -> RenderContext:
    return build_context(ProjectContext("digits", "1"), layout, ranked, runtime_for(["CPUExecutionProvider"]), {})


def rendered(layout: Layout, ranked: Ranked, name: str = "candidate") -> dict[str, Any]:
    files = render(context_of(layout, ranked), SETS[name], folders={"model": folder_of(ranked)})
    return {path: json.loads(entry.open().read()) for path, entry in files.items()}


def olive_folder(case: str, model_id: str) -> Path:
    """Olive's folder of the candidate: the last model in configurations.json."""
    for path in (CASES / case / "zip").rglob("configurations.json"):
        if list(json.loads(path.read_text()))[-1] == model_id:
            return path.parent
    raise AssertionError(f"Olive's zip has no {model_id}")


def olive_files(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.iterdir()):
        yield path.name, without_machine(path.read_text())


def corrected(case: str, document: dict[str, Any], ranked: Ranked) -> dict[str, Any]:
    """Olive's model_info with what it gets wrong put right: rank and folder, a dangling name, files that moved."""
    config = document["model_config"]["config"]
    config["model_path"] = re.sub(r"^CandidateModels/[^/]+/[^/]+", folder_of(ranked), config["model_path"])
    if case == "0.13.0-extdata-search":
        config["onnx_file_name"] = "model.onnx"  # Olive renames the file and keeps the old name
    attributes = config.get("model_attributes") or {}
    if "additional_files" in attributes:
        names = [name for name in attributes["additional_files"] if name in FILES[case][1]]
        attributes["additional_files"] = [f"{folder_of(ranked)}/{name}" for name in names]
    return {**document, "rank": ranked.rank}


@pytest.mark.parametrize("case", FILES)
def test_every_file_of_a_candidate_says_what_olive_said(case: str) -> None:
    layout = layout_of(case)
    expected_count = len(list((CASES / case / "zip").rglob("configurations.json")))
    assert len(layout.ranking.entries) == expected_count
    for ranked in layout.ranking.entries:
        ours = {Path(path).name: document for path, document in rendered(layout, ranked).items()}
        theirs = dict(olive_files(olive_folder(case, ranked.candidate.history[-1].model_id)))
        theirs["model_info.json"] = corrected(case, theirs["model_info.json"], ranked)
        assert ours == theirs
        for name, document in theirs.items():  # in Olive's order, too
            assert json.dumps(ours[name]) == json.dumps(document)


@pytest.mark.parametrize("case", FILES)
def test_the_ranking_holds_every_candidate_as_its_model_info_does(case: str) -> None:
    layout = layout_of(case)
    for ranked in layout.ranking.entries:
        listed = rendered(layout, ranked, "ranking")["models_rank.json"]
        assert [one["rank"] for one in listed] == list(range(1, len(layout.ranking.entries) + 1))
        info = rendered(layout, ranked)[f"{folder_of(ranked)}/model_info.json"]
        assert listed[ranked.rank - 1] == info


def test_the_ranking_is_written_as_olive_writes_it() -> None:
    """0.13.0 lists all candidates; its run order happens to be the order of rank here."""
    layout = layout_of("0.13.0-search")
    files = render(context_of(layout, layout.ranking.entries[0]), SETS["ranking"])
    ours = files["models_rank.json"].open().read().decode()
    assert ours == (CASES / "0.13.0-search" / "zip" / "models_rank.json").read_text() + "\n"


def test_a_model_that_is_not_in_the_bundle_has_no_path() -> None:
    layout = layout_of("0.9.1-search")
    winner = layout.ranking.entries[0]
    alone = Layout(layout.ranking, {winner.candidate.id: layout.models[winner.candidate.id]})
    listed = rendered(alone, winner, "ranking")["models_rank.json"]
    paths = [one["model_config"]["config"]["model_path"] for one in listed]
    assert paths == [f"{folder_of(winner)}/model.onnx", None, None, None]


@pytest.mark.parametrize("case", FILES)
def test_no_path_of_the_computer_is_left(case: str) -> None:
    layout = layout_of(case)
    for ranked in layout.ranking.entries:
        for name in ("candidate", "ranking", "readme"):
            for path, entry in render(context_of(layout, ranked), SETS[name]).items():
                assert b'"/' not in entry.open().read(), path


def test_candidates_share_their_rows() -> None:
    layout = layout_of("0.9.1-search")
    assert isinstance(layout.ranking, Ranking)
    one, other = (context_of(layout, ranked) for ranked in layout.ranking.entries[:2])
    assert one.candidates is other.candidates
    assert one.candidates[0].plain is other.candidates[0].plain
