"""Answers are data: as a template, each renders to itself, whatever the skeleton's marks are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.prompt import render_variable
from cookiecutter.utils import create_env_with_context
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.errors import UsageError
from modelpress.projects.skeleton.answering import place_paths
from modelpress.projects.skeleton.filters import LiteralFilters
from modelpress.projects.skeleton.replay import read_replay
from modelpress.projects.skeleton.variables import Marks

ENVIRONMENTS: list[dict[str, Any]] = [
    {},
    {"_jinja2_env_vars": {"variable_start_string": "[[", "variable_end_string": "]]"}},
    {"_jinja2_env_vars": {"line_statement_prefix": "%", "line_comment_prefix": "##", "trim_blocks": True}},
    {"_jinja2_env_vars": {"block_start_string": "<%", "block_end_string": "%>", "autoescape": True}},
]
PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "[[", "]]", "<%", "%>", "%", "##", "raw", "endraw", " ", '"', "\\"]
)
LINE = st.characters(exclude_categories=["Cs"], exclude_characters="\r")  # Jinja makes one kind of line end of them
TEXTS = st.lists(PIECES | st.text(LINE, max_size=3), max_size=12).map("".join)
VALUES = st.recursive(TEXTS | st.booleans() | st.none(), lambda inner: st.dictionaries(TEXTS, inner) | st.lists(inner))


@settings(deadline=None, max_examples=150)
@given(variables=st.sampled_from(ENVIRONMENTS), value=VALUES)
def test_an_answer_renders_to_itself(variables: dict[str, Any], value: Any) -> None:
    environment = create_env_with_context({"cookiecutter": variables})
    assert render_variable(environment, Marks.of(variables).literal(value), {}) == value


@pytest.mark.parametrize("text", ["plain", "a } b", "50 %", 'it\'s "quoted"'])
def test_a_plain_answer_stays_as_it_is(text: str) -> None:
    assert Marks.of({}).literal(text) == text


@pytest.mark.parametrize("variables", [{"_jinja2_env_vars": []}, {"_jinja2_env_vars": None}])
def test_settings_of_jinja_in_no_form(variables: dict[str, Any]) -> None:
    assert Marks.of(variables) == Marks.of({})


def test_paths_are_written_from_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inner = {"_paths": ["run", "none", "absolute"], "run": "data/run", "none": "", "absolute": "/srv/run", "other": "x"}
    place_paths({"cookiecutter": inner}, Path("work/made"))
    assert (inner["run"], inner["none"], inner["absolute"]) == ("../../data/run", "", "/srv/run")
    assert inner["other"] == "x"


def test_replay_reads_what_cookiecutter_wrote_and_our_document(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    for document in ({"cookiecutter": {"a": "b"}, "_cookiecutter": {}}, {"path": "x", "cookiecutter": {"a": "b"}}):
        path.write_text(json.dumps(document))
        assert read_replay(path) == {"a": "b"}
    path.write_text('{"cookiecutter":\n {"a" "b"}}')
    with pytest.raises(UsageError) as caught:
        read_replay(path)
    assert caught.value.file == f"{path}:2"


def test_skeletons_have_the_literal_filters_too() -> None:
    environment = create_env_with_context(
        {"cookiecutter": {"_extensions": ["modelpress.projects.skeleton.filters.LiteralFilters"]}}
    )
    assert LiteralFilters.identifier in environment.extensions
    assert environment.from_string("{{ 'a: \"b' | yaml }}").render() == '"a: \\"b"'
