"""The options --by, --tolerance and --where: what they accept, and what they say to the rest."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.candidates.ranking.policy import (
    BY_FORM,
    TOLERANCE_FORM,
    WHERE_FORM,
    Constraint,
    Objective,
    Tolerance,
    parse_policy,
)
from modelpress.errors import UsageError


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        ("latency-avg", Objective("latency-avg")),
        ("latency-avg:min", Objective("latency-avg", higher_is_better=False)),
        ("accuracy:MAX", Objective("accuracy", higher_is_better=True)),
        (" top 5: f1 : max ", Objective("top 5: f1", higher_is_better=True)),
        ("a:b.c_d", Objective("a:b.c_d")),
        ("max", Objective("max")),
    ],
)
def test_by(text, objective):
    assert parse_policy(by=[text]).by == (objective,)


def test_by_keeps_the_order_given():
    assert [objective.metric for objective in parse_policy(by=["b", "a", "c:max"]).by] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("text", "metric", "tolerance"),
    [
        ("accuracy=5%", "accuracy", Tolerance(5, percent=True)),
        ("latency-avg = 0.3", "latency-avg", Tolerance(0.3)),
        ("a=b=1e-3", "a=b", Tolerance(0.001)),
        ("size=.5 %", "size", Tolerance(0.5, percent=True)),
        ("size=0", "size", Tolerance(0)),
    ],
)
def test_tolerance(text, metric, tolerance):
    assert parse_policy(tolerance=[text]).tolerances == {metric: tolerance}


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("latency-avg<10", Constraint("latency-avg", "<", 10)),
        ("latency-avg <= 1.5e-3", Constraint("latency-avg", "<=", 0.0015)),
        ("top 5: f1_x.y > -2", Constraint("top 5: f1_x.y", ">", -2)),
        ("accuracy>=.9", Constraint("accuracy", ">=", 0.9)),
        ("size==5", Constraint("size", "==", 5)),
        ("size!=5 ", Constraint("size", "!=", 5)),
    ],
)
def test_where(text, constraint):
    assert parse_policy(where=[text]).constraints == (constraint,)


@pytest.mark.parametrize("text", ["", " ", ":max", " :min"])
def test_by_without_a_metric_is_refused(text):
    with pytest.raises(UsageError) as refusal:
        parse_policy(by=[text])
    assert (refusal.value.message, refusal.value.hint) == (f"--by {text!r} is malformed", f"--by takes {BY_FORM}")
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    ["accuracy", "=5%", "accuracy=", "accuracy=-1", "accuracy=nan", "accuracy=inf", "accuracy=1e999", "a=5%%", "a=1_0"],
)
def test_a_malformed_tolerance_is_refused(text):
    with pytest.raises(UsageError) as refusal:
        parse_policy(tolerance=[text])
    assert refusal.value.message == f"--tolerance {text!r} is malformed"
    assert refusal.value.hint == f"--tolerance takes {TOLERANCE_FORM}"


@pytest.mark.parametrize(
    "text",
    [
        "latency",
        "latency<",
        "<5",
        "latency=5",
        "latency<ten",
        "latency<nan",
        "latency<inf",
        "latency<-1e999",
        "1<latency<2",
        "latency<<2",
        "latency=<2",
        "latency<5%",
        "5>latency",
    ],
)
def test_a_malformed_constraint_is_refused(text):
    with pytest.raises(UsageError) as refusal:
        parse_policy(where=[text])
    assert refusal.value.message == f"--where {text!r} is malformed"
    assert refusal.value.hint == f"--where takes {WHERE_FORM}"


@pytest.mark.parametrize(
    ("option", "texts"),
    [
        ("by", ["latency", "latency:max"]),
        ("tolerance", ["latency=1", "latency=2%"]),
        ("where", ["latency<1", "latency < 1.0"]),
    ],
)
def test_a_repeat_is_refused(option, texts):
    with pytest.raises(UsageError, match=f"--{option} {texts[1]!r} repeats one given before"):
        parse_policy(**{option: texts})


def test_two_bounds_on_one_metric_are_no_repeat():
    assert len(parse_policy(where=["latency>1", "latency<2", "latency!=1.5", "latency!=1.6"]).constraints) == 4


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(["by", "tolerance", "where"]),
    st.text(st.characters() | st.sampled_from("<>=!%:.e-1a"), max_size=30),
)
def test_any_text_is_read_or_refused(option, text):
    with contextlib.suppress(UsageError):  # anything else is a bug
        parse_policy(**{option: [text]})
