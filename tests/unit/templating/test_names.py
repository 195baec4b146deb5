"""The filters that make plain names of free text."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.errors import ModelpressError
from modelpress.templating.filters import plain_name, slug


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("digits", "digits"),
        ("Digits CNN (v2)", "digits-cnn-v2"),
        ("2024_run", "m-2024-run"),
        ("Größe", "grosse"),
        ("", "model"),
        ("!!!", "model"),
        ("a-very-long-name-of-a-project", "a-very-long-name-of"),
    ],
)
def test_a_slug(text: str, name: str) -> None:
    assert slug(text) == name


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=50), st.integers(1, 40))
def test_every_slug_is_a_name_of_an_endpoint(text: str, most: int) -> None:
    assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", slug(text, most))
    assert len(slug(text, most)) <= most


def test_an_asset_name_keeps_what_is_allowed() -> None:
    assert plain_name("gpu-cuda_X.1-memory=4096 /é") == "gpu-cuda_X.1-memory-4096---"


@pytest.mark.parametrize("make", [slug, plain_name])
def test_what_is_no_text_is_refused(make: object) -> None:
    with pytest.raises(ModelpressError, match="it takes text only"):
        make(1)  # type: ignore[operator]
