"""The order as it is defined: what the properties promise, the groups, and the reasons in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.candidates import Candidate, CandidateSet, Metric, RankingPolicy, parse_policy, rank
from modelpress.candidates.candidate import ModelReference
from modelpress.candidates.ranking.explanation import explain

NAN, INF = float("nan"), float("inf")


def candidate(name, order=0, accelerator="cpu-cpu", **values):
    """Metrics are the objectives in the order given; those named `up...` are better higher."""
    metrics = {
        metric: Metric(metric, value, higher_is_better=metric.startswith("up"), priority=place, objective=place)
        for place, (metric, value) in enumerate(values.items(), start=1)
    }
    return Candidate(name, accelerator, ModelReference("onnxmodel", f"{name}.onnx"), metrics, order)


def ranked(candidates, policy=RankingPolicy()):  # noqa: B008 - frozen
    return rank(CandidateSet("listing", "listing.json", ".", tuple(candidates)), policy)


def ids(ranking):
    return "".join(entry.candidate.id for entry in ranking.entries)


def reasons(ranking):
    return [entry.reason for entry in ranking.entries]


values = st.sampled_from([None, NAN, INF, -INF, -2.0, -1.0, 0.0, 0.1, 0.4, 1.0, 1.05, 2.0, 3.0])
clean_values = st.sampled_from([-2.0, -1.0, 0.0, 0.1, 0.4, 1.0, 1.05, 2.0, 3.0])
tolerances = st.sampled_from(["0", "0.3", "1", "2.5", "5%", "50%", "100%"])

metric_names = st.sampled_from(["lat", "up", "size"])


def candidate_lists(value, **sizes):
    rows = st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["cpu-cpu", "gpu-cuda"]), value, value, value), **sizes
    )
    return rows.map(
        lambda rows: [
            candidate(chr(ord("a") + index), order, accelerator, lat=first, up=second, size=third)
            for index, (order, accelerator, first, second, third) in enumerate(rows)
        ]
    )


@settings(deadline=None, max_examples=200)
@given(candidate_lists(values, min_size=1, max_size=8), st.lists(tolerances, min_size=3, max_size=3), st.randoms())
def test_the_order_of_reading_does_not_matter(candidates, widths, shuffler):
    policy = parse_policy(
        tolerance=[f"{metric}={width}" for metric, width in zip(["lat", "up", "size"], widths, strict=True)]
    )
    shuffled = shuffler.sample(candidates, len(candidates))
    assert repr(ranked(shuffled, policy)) == repr(ranked(candidates, policy))  # NaN is not equal to itself


@settings(deadline=None, max_examples=300)
@given(
    candidate_lists(values, min_size=2, max_size=8),
    st.tuples(metric_names, tolerances).map("=".join),
    st.integers(0, 7),
    metric_names,
    clean_values,
)
def test_improving_a_metric_never_lowers_a_candidate(candidates, tolerance, index, improved, value):
    policy = parse_policy(tolerance=[tolerance])
    before = candidates[index % len(candidates)]
    old = before.metrics[improved].value
    if old is not None and abs(old) < INF:
        value = max(old, value) if improved == "up" else min(old, value)
    figures = {name: value if name == improved else metric.value for name, metric in before.metrics.items()}
    after = candidate(before.id, before.order, before.accelerator, **figures)
    others = [other for other in candidates if other.id != before.id]
    behind = ids(ranked([before, *others], policy)).partition(before.id)[2]
    assert set(behind) <= set(ids(ranked([after, *others], policy)).partition(before.id)[2])


def test_with_two_tolerances_improving_a_metric_can_lower_a_candidate():
    """The documented exception: x becomes the anchor of the first group, y drops out of it, and without y
    the groups of the next objective start from w, which reaches z and no longer leaves x and z together."""
    policy = parse_policy(tolerance=["lat=1", "size=1"])
    others = [
        candidate("w", order=2, lat=1.0, size=0.5),
        candidate("y", order=3, lat=2.0, size=0.0),
        candidate("z", order=4, lat=1.0, size=1.2),
    ]
    assert ids(ranked([candidate("x", order=1, lat=1.0, size=1.6), *others], policy)) == "wyxz"
    assert ids(ranked([candidate("x", order=1, lat=0.5, size=1.6), *others], policy)) == "wzxy"


@settings(deadline=None, max_examples=300)
@given(candidate_lists(clean_values, min_size=1, max_size=10), st.randoms())
def test_on_clean_data_the_order_is_olives(candidates, shuffler):
    candidates = [
        candidate(c.id, index, **{n: m.value for n, m in c.metrics.items()}) for index, c in enumerate(candidates)
    ]

    def key(one):
        return tuple(m.value if m.higher_is_better else -m.value for m in one.metrics.values())

    by_olive = sorted(candidates, key=key, reverse=True)  # stable: ties keep run order
    assert ids(ranked(shuffler.sample(candidates, len(candidates)))) == "".join(c.id for c in by_olive)


@settings(deadline=None, max_examples=100)
@given(candidate_lists(values, min_size=1, max_size=8), tolerances)
def test_all_are_ranked_once_and_explained(candidates, width):
    ranking = ranked(candidates, parse_policy(tolerance=[f"lat={width}"]))
    assert sorted(ids(ranking)) == sorted(c.id for c in candidates)
    assert [entry.rank for entry in ranking.entries] == list(range(1, len(candidates) + 1))
    for accelerator in ("cpu-cpu", "gpu-cuda"):
        places = [e.rank_in_accelerator for e in ranking.entries if e.candidate.accelerator == accelerator]
        assert places == list(range(1, len(places) + 1))
    assert list(explain(ranking)) == [entry.candidate.id for entry in ranking.entries]


def test_groups_are_anchored_at_their_best_and_do_not_chain():
    candidates = [
        candidate(name, order, lat=lat) for order, (name, lat) in enumerate([("c", 1.2), ("b", 1.1), ("a", 1.0)])
    ]
    assert ids(ranked(candidates, parse_policy(tolerance=["lat=0.1"]))) == "bac"
    assert ids(ranked(candidates, parse_policy(tolerance=["lat=10%"]))) == "bac"
    assert ids(ranked(candidates, parse_policy(tolerance=["lat=0.2"]))) == "cba"


def test_percent_is_of_the_anchors_absolute_value():
    candidates = [candidate("a", 1, lat=-100.0), candidate("b", 0, lat=-95.0), candidate("c", 0, lat=-94.0)]
    assert ids(ranked(candidates, parse_policy(tolerance=["lat=5%"]))) == "bac"


def test_a_tolerance_means_what_its_decimals_say():
    assert 0.4 - 0.1 > 0.3
    candidates = [candidate("a", 1, lat=0.1), candidate("b", 0, lat=0.4)]
    assert ids(ranked(candidates, parse_policy(tolerance=["lat=0.3"]))) == "ba"


def test_what_was_not_measured_comes_last_with_the_reason():
    odd = {"c": INF, "d": None, "e": NAN, "f": -INF}
    candidates = [
        candidate(name, order, lat=lat) for order, (name, lat) in enumerate({**odd, "a": 1.0, "b": 2.0}.items())
    ]
    ranking = ranked(candidates, parse_policy(tolerance=["lat=1e308"]))
    assert ids(ranking) == "abcdef"
    assert reasons(ranking)[1:] == [
        "ties with #1 on every objective; run order decides",
        "lat is infinite: after all that were measured",
        "ties with #3 on every objective; run order decides",
        "ties with #4 on every objective; run order decides",
        "ties with #5 on every objective; run order decides",
    ]
    assert ranking.warnings == ("lat was not measured in 4 of 6: c, d, e and 1 more",)


def test_reasons_compare_with_the_candidate_above():
    ranking = ranked(
        [
            candidate("a", 0, lat=0.0382, up=0.98740553855896),
            candidate("b", 1, lat=0.0456, up=0.9),
            candidate("c", 2, lat=0.0456, up=0.8),
            candidate("d", 3, lat=0.0456, up=0.8),
            candidate("e", 3, lat=0.0456, up=0.8),
            candidate("f", 4, lat=0.0456),
            candidate("g", 5, lat=1234567.0, up=1.0),
        ]
    )
    assert reasons(ranking) == [
        "best lat: 0.0382",
        "lat 0.0456: 0.0074 more than #1",
        "ties with #2 on lat; up decides: 0.8, 0.1 less than #2",
        "ties with #3 on every objective; run order decides",
        "ties with #4 on every objective; the id decides",
        "ties with #5 on lat; has no up: after all that were measured",
        "lat 1234567: 1234567 more than #6",
    ]


def test_reasons_name_the_tolerance_where_values_differ():
    policy = parse_policy(tolerance=["lat=5%", "up=0.1"])
    ranking = ranked(
        [
            candidate("a", 0, lat=1.00, up=0.50, size=2.0),
            candidate("b", 1, lat=1.05, up=0.85, size=1.0),
            candidate("c", 2, lat=1.05, up=0.90, size=3.0),
        ],
        policy,
    )
    assert ids(ranking) == "bca"
    assert reasons(ranking) == [
        "lat 1.05 is within 5% of the best, 1; up 0.85 is within 0.1 of the best, 0.9; best size of those: 1",
        "ties with #1 on lat and up (within 0.1); size decides: 3, 2 more than #1",
        "ties with #2 on lat (within 5%); up decides: 0.5, 0.4 less than #2",
    ]


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        ({}, "no metrics: run order"),
        ({"lat": Metric("lat", 1.0)}, "no objectives: run order"),
        ({"lat": Metric("lat", None, objective=1)}, "none has a finite lat; run order decides"),
    ],
)
def test_the_reason_where_nothing_can_be_compared(metrics, reason):
    only = Candidate("a", "cpu-cpu", ModelReference("onnxmodel", "a.onnx"), metrics)
    assert reasons(ranked([only])) == [reason]


def test_explain_goes_step_by_step_to_what_decided():
    candidates = [
        candidate("a", 0, lat=1.0, up=0.5),
        candidate("b", 1, lat=1.05, up=0.5),
        candidate("c", 2, lat=3.0, up=NAN),
        candidate("d", 3, lat=3.0, up=None),
    ]
    told = explain(ranked(candidates, parse_policy(tolerance=["lat=5%"])))
    assert told == {
        "a": [
            "best lat: 1",
            "objective 1, lat (lower is better): 1; in a group with 1 other, itself the best",
            "objective 2, up (higher is better): 0.5; the same as 1 other",
            "run order: place 0 in the run",
        ],
        "b": [
            "ties with #1 on every objective; run order decides",
            "objective 1, lat (lower is better): 1.05; in a group with 1 other, within 5% of the best, 1",
            "objective 2, up (higher is better): 0.5; the same as 1 other",
            "run order: place 1 in the run",
        ],
        "c": [
            "lat 3: 1.95 more than #2",
            "objective 1, lat (lower is better): 3; in a group with 1 other, itself the best",
            "objective 2, up (higher is better): up is NaN; comes last together with 1 other",
            "run order: place 2 in the run",
        ],
        "d": [
            "ties with #3 on every objective; run order decides",
            "objective 1, lat (lower is better): 3; in a group with 1 other, itself the best",
            "objective 2, up (higher is better): has no up; comes last together with 1 other",
            "run order: place 3 in the run",
        ],
    }
