"""Real Olive runs: their own fronts are found again, and the order is the one their metrics give."""

from dataclasses import replace
from pathlib import Path

import pytest

from modelpress.candidates import parse_policy, rank, read

RUNS = Path(__file__).parents[2] / "data" / "olive"
SEARCHES = sorted(path.name for path in RUNS.iterdir() if "-search-" in path.name or "-multiep-" in path.name)


def ids(ranking):
    return [entry.candidate.id for entry in ranking.entries]


def test_there_are_searches_of_every_generation():
    assert {name.split("-")[0] for name in SEARCHES} == {"0.7.1.1", "0.9.1", "0.13.0"}


@pytest.mark.parametrize("name", SEARCHES)
def test_the_front_is_the_one_that_olive_recorded(name):
    found = read(RUNS / name)
    recorded = {one.id for one in found.candidates if one.on_pareto_front}
    assert set(ids(rank(found))) == recorded
    unmarked = tuple(replace(one, on_pareto_front=None) for one in found.candidates)
    assert set(ids(rank(replace(found, candidates=unmarked)))) == recorded
    everything = rank(found, parse_policy(everything=True))
    assert {entry.candidate.id for entry in everything.entries if entry.on_pareto_front} == recorded


@pytest.mark.parametrize("name", SEARCHES)
def test_the_order_of_reading_does_not_matter_for_real_runs_either(name):
    found = read(RUNS / name)
    assert rank(replace(found, candidates=found.candidates[::-1])) == rank(found)


def test_latency_decides_where_accuracy_ties():
    ranking = rank(read(RUNS / "0.9.1-search-zip"))
    assert [(entry.candidate.id, entry.reason) for entry in ranking.entries] == [
        ("586a48e5", "best latency-avg: 0.0382"),
        ("f70d676e", "latency-avg 0.04562: 0.00742 more than #1"),
        ("51aec17d", "latency-avg 0.0458: 0.00018 more than #2"),
        ("d01fcce8", "latency-avg 0.04649: 0.00069 more than #3"),
    ]
    assert {one.id: one.reason for one in ranking.rejected} == {
        "a2c80624": "was not evaluated",
        "57182fa8": "dominated by 51aec17d",
        "868ab7ad": "dominated by 586a48e5",
    }


def test_a_tolerance_lets_the_next_objective_decide():
    ranking = rank(read(RUNS / "0.9.1-search-zip"), parse_policy(tolerance=["latency-avg=20%"]))
    assert ids(ranking) == ["51aec17d", "f70d676e", "586a48e5", "d01fcce8"]
    tied = "on latency-avg (within 20%) and accuracy-accuracy_score; size-kb decides"
    assert [entry.reason for entry in ranking.entries] == [
        "latency-avg 0.0458 is within 20% of the best, 0.0382; best size-kb of those: 60.478",
        f"ties with #1 {tied}: 72.61, 12.132 more than #1",
        f"ties with #2 {tied}: 221.652, 149.042 more than #2",
        "latency-avg 0.04649: 0.00829 more than #3",
    ]


def test_a_constraint_brings_back_what_a_forbidden_candidate_dominated():
    ranking = rank(read(RUNS / "0.7.1.1-search-tune-zip"), parse_policy(where=["latency-p90<0.05"]))
    assert ids(ranking) == ["efc5fed4", "84941a77"]
    reasons = {one.id: one.reason for one in ranking.rejected}
    assert reasons["319e2345"] == "latency-p90 0.05962 misses < 0.05 by 0.00962"


def test_accelerators_are_ranked_together_and_each_by_itself():
    ranking = rank(read(RUNS / "0.7.1.1-multiep-zip"))
    places = [(e.candidate.accelerator, e.rank, e.rank_in_accelerator) for e in ranking.entries]
    assert places == [
        ("cpu-cpu", 1, 1),
        ("cpu-cpu", 2, 2),
        ("cpu-cpu", 3, 3),
        ("cpu-cpu", 4, 4),
        ("cpu-openvino", 5, 1),
        ("cpu-openvino", 6, 2),
    ]
    goals = [one.id for one in ranking.rejected if one.reason == "does not meet the goals of the run"]
    assert goals == ["cpu-openvino/a251ed09"]


@pytest.mark.parametrize("name", ["0.13.0-noeval-zip", "0.13.0-genai-zip", "0.13.0-composite-nopkg"])
def test_a_run_without_metrics_has_its_result(name):
    (only,) = rank(read(RUNS / name)).entries
    assert (only.rank, only.reason, only.on_pareto_front) == (1, "no metrics: run order", None)
