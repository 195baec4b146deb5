"""Golden cases of template sets, and sets that are begun with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.bundle import Bundle
from modelpress.errors import UsageError
from modelpress.executors import folder
from modelpress.templating import Layer, Sets, load_sets, render, search_path
from modelpress.templating.checking.cases import cases_of, compare
from modelpress.templating.checking.check import check
from modelpress.templating.checking.specimens import sample_contexts
from modelpress.templating.scaffolding import Wish, scaffold

Load = Callable[[Mapping[str, str]], Sets]
SET = {
    "far/base/template-set.yaml": "variables: {who: {default: all}}",
    "far/base/a.md.jinja": "# {{ project.name | md }} for {{ settings.base.who | md }}\n",
    "far/base/sub/b.txt": "b\n",
}
CASE = "far/base/_tests/one"
EXPECTED = {f"{CASE}/expected/a.md": "# digits for all\n", f"{CASE}/expected/sub/b.txt": "b\n"}


def findings(sets: Sets) -> list[str]:
    (case,) = cases_of(sets["base"])
    return [str(finding) for finding in compare(sets["base"], case)]


def test_a_case_that_holds_is_no_finding_and_no_part_of_the_set(load: Load) -> None:
    sets = load({**SET, **EXPECTED})
    assert findings(sets) == []
    assert list(sets["base"].sources()) == ["a.md.jinja", "sub/b.txt"]


def test_a_case_chooses_sample_variables_context_and_files(load: Load) -> None:
    case = "variables: {who: us}\ncontext: {project: {name: mine}}\nonly: [a.md]\nsample: bare\n"
    files = {**SET, f"{CASE}/case.yaml": case, f"{CASE}/expected/a.md": "# mine for us\n"}
    assert findings(load(files)) == []


def test_every_difference_is_a_finding(load: Load) -> None:
    expected = {f"{CASE}/expected/a.md": "# digits for us\n", f"{CASE}/expected/c.txt": ""}
    difference = "--- expected\n+++ rendered\n@@ -1 +1 @@\n-# digits for us\n+# digits for all"
    assert findings(load({**SET, **expected})) == [
        f"base:_tests/one/a.md: what is rendered differs:\n{difference}",
        "base:_tests/one/c.txt: it is expected, and not rendered",
        "base:_tests/one/sub/b.txt: it is rendered, and not expected",
    ]


def test_differences_that_no_line_shows_are_findings(load: Load) -> None:
    sets = load({**SET, **EXPECTED, f"{CASE}/expected/sub/b.txt": "b"})
    assert findings(sets) == ["base:_tests/one/sub/b.txt: what is rendered differs:\nin the ends of its lines"]
    sets["base"].path.joinpath("_tests/one/expected/sub/b.txt").write_bytes(b"\xff")
    assert "1 bytes are expected, and 2 other ones are rendered" in findings(sets)[0]


def test_a_case_without_expectations_and_one_that_does_not_render(load: Load) -> None:
    sets = load({**SET, f"{CASE}/case.yaml": ""})
    assert findings(sets) == [
        "base:_tests/one: there is no folder expected: --update writes it, to be read and committed"
    ]
    sets = load({**SET, **EXPECTED, "far/base/c.txt.jinja": "{{ project.nam }}"})
    assert findings(sets)[0].startswith("base:_tests/one: base:c.txt.jinja:1: ")


def test_only_the_nearest_cases_count(load: Load) -> None:
    sets = load({**SET, **EXPECTED, "near/base/a.md.jinja": "other\n", "near/heir/template-set.yaml": "extends: base"})
    assert cases_of(sets["base"]) == []
    assert cases_of(sets["heir"]) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "is not a mapping"),
        ("smaple: bare", "has the unknown key 'smaple'"),
        ("sample: plain", "there is no sample 'plain'"),
        ("sample: [a]", r"there is no sample \['a'\]"),
        ("only: a.md", "`only` is no list"),
        ("variables: 1", "`variables` is no mapping"),
        ("context: 1", "`context` is no mapping"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_bad_case_is_one_clear_error(load: Load, text: str, message: str) -> None:
    sets = load({**SET, f"{CASE}/case.yaml": text})
    with pytest.raises(UsageError, match=message) as caught:
        cases_of(sets["base"])
    assert "case.yaml" in caught.value.message
    assert caught.value.hint


WISHES = [
    Wish("notes"),
    Wish("ours", "readme"),
    Wish("ours", "readme", ("README.md",)),
    Wish("readme", "readme", ("README.md.jinja",)),
    Wish("ours", "runner", ("model_runner/check.py",)),
]


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_a_set_that_is_begun_passes_its_case_and_its_check(tmp_path: Path, wish: Wish) -> None:
    layers = search_path()
    folder.execute(folder.plan(Bundle.of(scaffold(wish, layers)), tmp_path / "sets" / wish.name))
    made = load_sets([Layer("project", tmp_path / "sets"), *layers])[wish.name]
    (case,) = cases_of(made)
    assert compare(made, case) == []
    assert check(made, sample_contexts()) == []


def test_an_override_renders_what_it_overrides_until_it_is_changed(tmp_path: Path) -> None:
    layers = search_path()
    files = scaffold(Wish("ours", "readme", ("README.md",)), layers)
    folder.execute(folder.plan(Bundle.of(files), tmp_path / "sets/ours"))
    sets = load_sets([Layer("project", tmp_path / "sets"), *layers])
    context = sample_contexts()[0]
    assert render(context, sets["ours"]) == render(context, sets["readme"])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (Wish("My Set"), "is not a name for a template set"),
        (Wish("../x"), "is not a name for a template set"),
        (Wish("readme"), "there is a template set 'readme' already"),
        (Wish("ours", "raedme"), "there is no template set 'raedme'"),
        (Wish("ours", "readme", ("REDME.md",)), "has no file 'REDME.md'"),
        (Wish("ours", None, ("README.md",)), "there is nothing to override"),
    ],
    ids=str,
)
def test_what_cannot_be_begun(wish: Wish, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        scaffold(wish, search_path())
    assert caught.value.hint
