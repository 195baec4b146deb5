"""Which candidates are ranked, why the others are not, and the JSON document of it all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.candidates import Candidate, CandidateSet, Metric, parse_policy, rank
from modelpress.candidates.candidate import ModelReference, Rejected
from modelpress.candidates.ranking.document import ranking_document
from modelpress.errors import NoCandidateError, UsageError

NAN, INF = float("nan"), float("inf")
HIGHER = {"accuracy", "throughput"}
OBJECTIVES = {"latency": 1, "accuracy": 2}


def candidate(name, accelerator="cpu-cpu", *, on_front=None, goals_met=True, selected=None, **values):
    """Latency and accuracy are the objectives of the run, other metrics were measured only."""
    metrics = {
        metric: Metric(
            metric,
            value,
            higher_is_better=metric in HIGHER,
            priority=OBJECTIVES.get(metric, -1),
            objective=OBJECTIVES.get(metric),
        )
        for metric, value in values.items()
    }
    return Candidate(
        name,
        accelerator,
        ModelReference("onnxmodel", f"/run/models/{name}.onnx"),
        metrics,
        order=ord(name[0]),
        on_pareto_front=on_front,
        goals_met=goals_met,
        selected=bool(on_front) if selected is None else selected,
    )


def run(*candidates, **fields):
    """A search that Olive ran: the front is what it offers."""
    return CandidateSet("olive", Path("run"), Path("run"), candidates, pareto_default=True, **fields)


def listing(*candidates):
    return CandidateSet("listing", Path("c.json"), Path(), tuple(replace(one, selected=True) for one in candidates))


def ids(ranking):
    return "".join(entry.candidate.id for entry in ranking.entries)


def rejections(ranking):
    return {rejected.id: rejected.reason for rejected in ranking.rejected}


def on_front(ranking):
    return {entry.candidate.id: entry.on_pareto_front for entry in ranking.entries}


SEARCH = run(
    candidate("a", latency=3.0, accuracy=0.9, size=9.0, on_front=True),
    candidate("b", latency=1.0, accuracy=0.7, size=5.0, on_front=True),
    candidate("c", latency=3.5, accuracy=0.9, size=1.0, on_front=False),
    candidate("d", latency=0.5, accuracy=0.1, size=1.0, on_front=False, goals_met=False),
    candidate("e", on_front=False),
    rejected=(Rejected("f", "the pass failed"),),
    warnings=("a warning of the reader",),
)


def test_the_run_s_own_front_is_ranked():
    ranking = rank(SEARCH)
    assert ids(ranking) == "ba"
    assert on_front(ranking) == {"b": True, "a": True}
    assert rejections(ranking) == {
        "f": "the pass failed",
        "c": "dominated by a",
        "d": "does not meet the goals of the run",
        "e": "was not evaluated",
    }
    assert ranking.warnings == ("a warning of the reader",)
    assert [objective.metric for objective in ranking.objectives] == ["latency", "accuracy"]


def test_the_run_s_own_front_stands_where_it_is_not_ours():
    odd = run(
        candidate("a", latency=3.0, accuracy=0.9, on_front=True),
        candidate("b", latency=9.0, accuracy=0.1, on_front=True),
        candidate("c", latency=1.0, accuracy=0.8, on_front=False),
    )
    assert ids(rank(odd)) == "ab"
    assert rejections(rank(odd)) == {"c": "not among the results of the run"}


def test_everything_is_all_that_was_evaluated():
    ranking = rank(SEARCH, parse_policy(everything=True))
    assert ids(ranking) == "dbac"
    assert on_front(ranking) == {"d": False, "b": True, "a": True, "c": False}
    assert rejections(ranking) == {"f": "the pass failed", "e": "was not evaluated"}
    assert ranking.warnings[1:] == ("ranked although the goals of the run are not met: d",)


def test_another_objective_takes_the_front_anew_and_only_adds_to_it():
    ranking = rank(SEARCH, parse_policy(by=["size"]))
    assert ids(ranking) == "cba"
    assert [entry.reason for entry in ranking.entries][:2] == ["best size: 1", "size 5: 4 more than #1"]
    assert rejections(ranking)["d"] == "does not meet the goals of the run"


def test_a_direction_can_be_turned_round():
    ranking = rank(SEARCH, parse_policy(by=["latency:max"]))
    assert ids(ranking) == "c"
    assert rejections(ranking)["a"] == rejections(ranking)["b"] == "dominated by c"


def test_what_a_constraint_forbids_does_not_push_out_what_it_allows():
    ranking = rank(SEARCH, parse_policy(where=["size<5"]))
    assert ids(ranking) == "c"
    assert rejections(ranking)["a"] == "size 9 misses < 5 by 4"
    assert rejections(ranking)["b"] == "size 5 misses < 5, which it equals"


def test_constraints_say_what_was_missed_and_by_how_much():
    found = listing(
        candidate("a", latency=12.3, accuracy=0.5),
        candidate("b", latency=9.0),
        candidate("c", latency=NAN, accuracy=INF),
        candidate("d", latency=9.0, accuracy=0.9),
    )
    ranking = rank(found, parse_policy(where=["latency<10", "accuracy>=0.6", "accuracy!=0.5"]))
    assert ids(ranking) == "d"
    assert rejections(ranking) == {
        "a": "latency 12.3 misses < 10 by 2.3; accuracy 0.5 misses >= 0.6 by 0.1;"
        " accuracy 0.5 misses != 0.5, which it equals",
        "b": "has no accuracy",
        "c": "latency is NaN; accuracy is infinite",
    }


def test_without_recorded_flags_the_front_is_taken_per_accelerator():
    found = run(
        candidate("a", latency=3.0, accuracy=0.9, selected=True),
        candidate("b", latency=3.0, accuracy=0.9, selected=True),
        candidate("c", latency=4.0, accuracy=0.9, selected=True),
        candidate("d", "gpu-cuda", latency=5.0, accuracy=0.9, selected=True),
        candidate("e", latency=4.0, selected=True),
        candidate("f", selected=True),
    )
    ranking = rank(found)
    assert ids(ranking) == "abdf"
    assert rejections(ranking) == {"c": "dominated by a", "e": "dominated by a"}
    assert [(e.rank, e.rank_in_accelerator) for e in ranking.entries] == [(1, 1), (2, 2), (3, 1), (4, 3)]
    assert ranking.entries[3].reason == "has no latency: after all that were measured"


def test_an_accelerator_without_a_recorded_front_gets_one():
    found = run(
        candidate("a", latency=3.0, accuracy=0.9, on_front=True),
        candidate("b", latency=1.0, accuracy=0.8, on_front=False),
        candidate("c", "gpu-cuda", latency=2.0, accuracy=0.9, on_front=False, selected=True),
        candidate("d", "gpu-cuda", latency=4.0, accuracy=0.9, on_front=False, selected=True),
    )
    ranking = rank(found)
    assert ids(ranking) == "ca"
    assert on_front(ranking) == {"c": True, "a": True}
    assert rejections(ranking) == {"b": "not among the results of the run", "d": "dominated by c"}


def test_a_run_that_measured_nothing_keeps_its_results_in_run_order():
    found = run(candidate("a", selected=False), candidate("c", selected=True), candidate("b", selected=True))
    for policy in (parse_policy(), parse_policy(everything=True)):
        ranking = rank(found, policy)
        assert ids(ranking) == "bc"
        assert {entry.reason for entry in ranking.entries} == {"no metrics: run order"}
        assert on_front(ranking) == {"b": None, "c": None}
        assert rejections(ranking) == {"a": "was not evaluated"}


def test_a_listing_is_ranked_whole():
    found = listing(
        candidate("a", latency=3.0), candidate("b", latency=2.0, goals_met=False), candidate("c", latency=1.0)
    )
    ranking = rank(found)
    assert ids(ranking) == "cba"
    assert on_front(ranking) == {"c": True, "b": False, "a": False}
    assert ranking.warnings == ("ranked although the goals of the run are not met: b",)


def test_objectives_are_merged_by_the_smallest_place_then_by_name():
    def with_places(name, **places):
        return replace(candidate(name), metrics={m: Metric(m, 1.0, objective=p) for m, p in places.items()})

    found = listing(with_places("a", x=2, y=1, z=None), with_places("b", x=1, w=3))
    assert [objective.metric for objective in rank(found).objectives] == ["x", "y", "w"]


@pytest.mark.parametrize(("directions", "higher"), [("hhl", True), ("llh", False), ("hl", True), ("lh", False)])
def test_contradicting_directions_are_settled_by_most_then_by_the_first_in_run_order(directions, higher):
    found = listing(
        *[
            replace(candidate("abc"[i]), metrics={"m": Metric("m", float(i), higher_is_better=d == "h", objective=1)})
            for i, d in reversed(list(enumerate(directions)))
        ]
    )
    ranking = rank(found)
    assert ranking.objectives[0].higher_is_better is higher
    word = "higher" if higher else "lower"
    assert ranking.warnings == (f"m: candidates disagree whether higher is better; taken as {word} is better",)
    assert rank(found, parse_policy(by=["m:max"])).warnings == ()


def test_no_direction_is_made_up_for_a_metric_that_has_none():
    found = listing(
        *(replace(candidate(name), metrics={"f1": Metric("f1", value)}) for name, value in [("a", 0.8), ("b", 0.9)])
    )
    with pytest.raises(UsageError) as refusal:
        rank(found, parse_policy(by=["f1"]))
    assert refusal.value.message == "--by 'f1': nothing says whether higher or lower is better"
    assert refusal.value.hint == "Write f1:max where higher is better, f1:min where lower is."
    assert ids(rank(found, parse_policy(by=["f1:max"]))) == "ba"


def test_one_direction_among_candidates_is_enough():
    metrics = [Metric("f1", 0.8), Metric("f1", 0.9, higher_is_better=True)]
    found = listing(*(replace(candidate(m.name + str(i)), metrics={"f1": m}) for i, m in enumerate(metrics)))
    ranking = rank(found, parse_policy(by=["f1"]))
    assert [entry.candidate.metrics["f1"].value for entry in ranking.entries] == [0.9, 0.8]
    assert ranking.warnings == ()


def test_metrics_without_objectives_leave_run_order_and_say_so():
    ranking = rank(listing(candidate("b", size=1.0), candidate("a", size=2.0)))
    assert ids(ranking) == "ab"
    assert ranking.warnings == ("no metric is an objective: candidates stand in run order; --by METRIC chooses one",)


def test_a_tolerance_without_effect_is_told():
    ranking = rank(SEARCH, parse_policy(tolerance=["size=1"]))
    assert ranking.warnings[1:] == ("the tolerance of size has no effect: it is not among the objectives",)


@pytest.mark.parametrize(
    ("option", "text"), [("by", "latencyy:min"), ("tolerance", "latencyy=1"), ("where", "latencyy<1")]
)
def test_an_unknown_metric_is_refused_with_a_suggestion(option, text):
    with pytest.raises(UsageError) as refusal:
        rank(SEARCH, parse_policy(**{option: [text]}))
    assert refusal.value.message == f"--{option} 'latencyy': no candidate has this metric"
    assert refusal.value.hint == "Did you mean 'latency'? Known metrics: accuracy, latency, size."


def test_an_unknown_metric_of_a_run_that_measured_nothing():
    with pytest.raises(UsageError) as refusal:
        rank(run(candidate("a", selected=True)), parse_policy(by=["latency"]))
    assert refusal.value.hint == "Known metrics: none, the candidates were not evaluated."


def test_no_candidate_left_names_the_reasons_and_what_to_do():
    with pytest.raises(NoCandidateError) as refusal:
        rank(SEARCH, parse_policy(where=["latency<0.1"]))
    assert refusal.value.exit_code == 5
    assert refusal.value.message == (
        "no candidate is left to rank: f (the pass failed), a (latency 3 misses < 0.1 by 2.9),"
        " b (latency 1 misses < 0.1 by 0.9) and 3 more"
    )
    assert refusal.value.hint == (
        "Loosen --where. --all takes every evaluated candidate, whether or not it meets the goals of the run."
    )
    assert refusal.value.file == "run"


def test_no_candidate_at_all():
    with pytest.raises(NoCandidateError, match="holds no candidate"):
        rank(run())


figures = st.sampled_from([None, NAN, 1.0, 2.0, 3.0])
evaluated = st.tuples(figures, figures, st.booleans(), st.booleans(), st.sampled_from(["cpu-cpu", "gpu-cuda"]))


@settings(deadline=None, max_examples=200)
@given(
    st.lists(evaluated, min_size=1, max_size=8),
    st.sampled_from([{}, {"by": ["size"]}, {"where": ["latency<3"]}, {"everything": True}]),
)
def test_every_candidate_is_ranked_or_rejected_once(rows, options):
    found = run(
        *[
            candidate(chr(ord("a") + i), accelerator, latency=latency, size=size, on_front=flag, goals_met=goals)
            for i, (latency, size, flag, goals, accelerator) in enumerate(rows)
        ]
    )
    try:
        ranking = rank(found, parse_policy(**options))
    except NoCandidateError:
        return
    assert sorted([*ids(ranking), *rejections(ranking)]) == [one.id for one in found.candidates]
    assert len(ranking.rejected) == len(rejections(ranking))


def test_the_document():
    found = run(
        candidate("a", latency=3.0, accuracy=NAN, on_front=True),
        candidate("b", latency=1.0, accuracy=-INF, on_front=True),
        candidate("c", latency=9.0, accuracy=None, on_front=False),
    )
    document = ranking_document(rank(found), Path("/run"))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document == {
        "candidates": [
            {
                "rank": 1,
                "id": "b",
                "accelerator": "cpu-cpu",
                "metrics": {
                    "latency": {"value": 1.0, "priority": 1, "higher_is_better": False},
                    "accuracy": {"value": None, "priority": 2, "higher_is_better": True},
                },
                "model_path": "models/b.onnx",
                "reason": "best latency: 1",
                "on_pareto_front": True,
            },
            {
                "rank": 2,
                "id": "a",
                "accelerator": "cpu-cpu",
                "metrics": {
                    "latency": {"value": 3.0, "priority": 1, "higher_is_better": False},
                    "accuracy": {"value": None, "priority": 2, "higher_is_better": True},
                },
                "model_path": "models/a.onnx",
                "reason": "latency 3: 2 more than #1",
                "on_pareto_front": True,
            },
        ],
        "rejected": [{"id": "c", "reason": "dominated by b"}],
        "warnings": [
            "accuracy was not measured in 2 of 2: b, a",
            "b: accuracy is infinite, so it is null here",
            "a: accuracy is NaN, so it is null here",
        ],
    }


def test_a_recorded_path_stays_as_it_is_where_it_lies_elsewhere():
    paths = ["/olive/cache/model.onnx", "C:\\olive\\model.onnx", "models/x.onnx", ""]
    found = listing(
        *[replace(candidate("abcd"[i]), model=ModelReference("onnxmodel", path)) for i, path in enumerate(paths)]
    )
    document = ranking_document(rank(found), Path("/run"))
    assert [one["model_path"] for one in document["candidates"]] == paths
