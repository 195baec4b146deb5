"""The model card: what is in it, and that nothing in a model can add to its structure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from modelpress.templating import RenderContext, load_sets, render, search_path
from modelpress.templating.checking.specimens import HOSTILE, sample_contexts

README = load_sets(search_path())["readme"]
ORDINARY, _, BARE, _ = sample_contexts()


def card(context: RenderContext) -> str:
    with render(context, README)["README.md"].open() as file:
        return file.read().decode()


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def structure(text: str) -> tuple[Counter[str], Counter[str]]:
    """How many blocks of each kind, and which kinds of inline content."""
    blocks = tokens(text)
    inline = Counter(
        child.content if child.type == "html_inline" else child.type
        for token in blocks
        for child in token.children or []
    )
    return Counter(token.type for token in blocks), inline


def with_text(context: RenderContext, text: str) -> RenderContext:
    """The context with `text` in the place of all free text."""
    tensor = {**context.model.inputs[0], "name": text, "type": text}
    return replace(
        context,
        project=replace(context.project, name=text, version=text, description=text),
        candidate=replace(
            context.candidate, id=text, reason=text, metrics={text: context.candidate.metrics["latency-avg"]}
        ),  # type: ignore[index]
        candidates=[replace(context.candidates[0], id=text, reason=text, metrics={})],
        model=replace(context.model, name=text, inputs=[tensor], outputs=[tensor], opset={"": 17, text: 1}),
    )


@settings(deadline=None, max_examples=60)
@given(
    st.text(alphabet="\"'\\`$@{}%|<>&;#*_[]()!~^-+=:/.\n\r\t\0\u2028ab1 ", min_size=1, max_size=20) | st.just(HOSTILE)
)
def test_no_text_adds_to_the_structure_of_the_card(text: str) -> None:
    expected, _ = structure(card(with_text(ORDINARY, "plain")))
    blocks, inline = structure(card(with_text(ORDINARY, text)))
    if not text.strip():  # a paragraph of white space is none
        expected.subtract(blocks)
        assert set(+expected) <= {"paragraph_open", "paragraph_close", "inline"}
    else:
        assert blocks == expected
    assert set(inline) <= {"text", "text_special", "softbreak", "code_inline", "<code>", "</code>"}


def test_the_command_is_there_only_with_the_samples() -> None:
    command = "python samples/python/sample.py"
    assert command not in card(ORDINARY)
    with_samples = replace(ORDINARY, settings={"samples": {}})
    assert command in card(with_samples)
    assert command not in card(replace(with_samples, model=replace(ORDINARY.model, format="genai")))


def test_a_figure_that_is_missing_is_said_to_be() -> None:
    (row,) = [line for line in card(ORDINARY).splitlines() if "f70d676e" in line]
    assert row == "| 2 | `f70d676e` | cpu-cpu | not measured | not measured | best latency-avg: 0.0382 |"


def test_a_composite_has_a_signature_for_each_part() -> None:
    text = card(BARE)
    assert text.count("| Input | Type |") == 2
    assert "### features" in text
    assert "Nothing is recorded of how the model was made." in text


@pytest.mark.parametrize("context", sample_contexts(), ids=["ordinary", "hostile", "bare", "genai"])
def test_a_card_does_not_change_between_renderings(context: RenderContext) -> None:
    assert card(context) == card(context)
