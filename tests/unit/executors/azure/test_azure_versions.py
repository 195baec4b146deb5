"""Which version a content gets, and what is done with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.executors.azure.plan import OnConflict
from modelpress.executors.azure.versions import CONTENT_TAG, Asked, Decision, Description, decide, newest_of

A, B = "a" * 64, "b" * 64


def of(sha256: str | None, type_: str = "custom_model", description: str = "", **tags: str) -> Description:
    named = tags if sha256 is None else {**tags, CONTENT_TAG: sha256}
    return Description(type_, description, named)


@pytest.mark.parametrize(
    ("version", "existing", "expected"),
    [
        ("1", {}, ("create", "1")),
        ("3", {"1": of(A)}, ("create", "3")),
        ("1", {"1": of(A)}, ("keep", "1")),
        ("1", {"1": of(B)}, ("conflict", "1")),
        ("1", {"1": of(None)}, ("conflict", "1")),
        ("1", {"1": of(A, "mlflow_model")}, ("conflict", "1")),
        ("1", {"1": of(A, description="other")}, ("update", "1")),
        (None, {}, ("create", "1")),
        (None, {"9": of(B), "10": of(A)}, ("keep", "10")),
        (None, {"9": of(A), "10": of(B)}, ("create", "11")),
        (None, {"2026-11": of(A)}, ("create", "1")),
    ],
)
def test_decisions(version: str | None, existing: dict[str, Description], expected: tuple[str, str]) -> None:
    decision = decide(of(A), Asked(version), existing)
    assert (decision.action, decision.version) == expected
    assert decision.reason


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        (
            {"1": of(B)},
            Decision("create", "2", "version 1 exists with other content; version 1 is the newest, with other content"),
        ),
        ({"1": of(B), "2": of(A)}, Decision("keep", "2", "it holds this content")),
        ({"1": of(A)}, Decision("keep", "1", "it holds this content")),
        ({}, Decision("create", "1", "there is no such version yet")),
    ],
)
def test_a_conflict_may_take_the_next_version(existing: dict[str, Description], expected: Decision) -> None:
    assert decide(of(A), Asked("1", "next"), existing) == expected


@pytest.mark.parametrize(
    ("noted", "expected"),
    [("2", ("keep", "2")), ("1", ("create", "4")), ("9", ("create", "4")), (None, ("create", "4"))],
)
@pytest.mark.parametrize("asked", [(None, "fail"), ("1", "next")])
def test_what_an_earlier_run_registered_stays_though_there_is_a_newer_one(
    asked: tuple[str | None, OnConflict], noted: str | None, expected: tuple[str, str]
) -> None:
    existing = {"1": of(B), "2": of(A), "3": of(B)}
    decision = decide(of(A), Asked(*asked, noted), existing)
    assert (decision.action, decision.version) == expected


def test_tags_of_others_are_no_difference_and_missing_ones_are() -> None:
    existing = {"1": of(A, rank="1", stage="production")}
    assert decide(of(A, rank="1"), Asked("1"), existing).action == "keep"
    decision = decide(of(A, rank="2", metric="x"), Asked("1"), existing)
    assert decision == Decision("update", "1", "it holds this content, with another tag rank and tag metric")


def test_the_place_of_the_content_outranks_a_tag_that_was_edited() -> None:
    place = f"azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/d/paths/modelpress/{A}/model"
    assert Description("custom_model", "", {CONTENT_TAG: B}, place).sha256 == A
    assert Description("custom_model", "", {CONTENT_TAG: B}, "azureml://d/paths/LocalUpload/x/model").sha256 == B
    assert Description("custom_model", "", {}).sha256 is None


def test_the_newest_version_is_the_highest_number() -> None:
    assert newest_of(["2", "10", "9", "beta", "1.5"]) == "10"
    assert newest_of(["beta"]) is None
    assert newest_of([]) is None


VERSION = st.none() | st.integers(1, 12).map(str)
EXISTING = st.dictionaries(st.integers(1, 12).map(str), st.sampled_from([of(A), of(B), of(None)]))


@settings(deadline=None, max_examples=200)
@given(EXISTING, st.builds(Asked, VERSION, st.sampled_from(["fail", "next"]), VERSION))
def test_no_version_is_overwritten_and_a_second_run_keeps(existing: dict[str, Description], asked: Asked) -> None:
    decision = decide(of(A), asked, existing)
    if decision.action == "create":
        assert decision.version not in existing
        again = decide(of(A), asked, {**existing, decision.version: of(A)})
        assert (again.action, again.version) == ("keep", decision.version)
    elif decision.action == "keep":
        assert existing[decision.version].sha256 == A
    else:
        assert (decision.action, asked.on_conflict) == ("conflict", "fail")
