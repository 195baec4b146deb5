"""Checking a template set: what is wrong is found, and what is right is left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.errors import ModelpressError, UsageError
from modelpress.templating import TemplateSet, find_set, load_sets, search_path
from modelpress.templating.checking.check import check
from modelpress.templating.checking.specimens import sample_contexts
from modelpress.templating.origin import FileOrigin, Origin, origin_of

Load = Callable[[Mapping[str, str]], dict[str, TemplateSet]]
BUILT_IN = load_sets(search_path())


def found(template_set: TemplateSet) -> list[str]:
    return [str(finding) for finding in check(template_set, sample_contexts())]


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_built_in_sets_have_nothing_wrong(name: str) -> None:
    assert found(BUILT_IN[name]) == []


RIGHT = [
    "{{ candidate.reason | py }}",
    "{{ candidate.rank }} {{ model.size }} {{ candidates | length }}",
    "{{ 'a constant' }}{{ ', ' if candidate.rank == 1 }}",
    "{{ candidate.reason | py if candidate.metrics else 'None' }}",
    "{{ project.name | raw_text }}",
    "{% for p in model.components or [model] %}{{ p.path | py }}{% endfor %}",
    "{% for p in model.components %}{% for i in p.inputs %}{{ i.name | py }}{% endfor %}{% endfor %}",
    "{% for name, m in (candidate.metrics or {}).items() %}{{ name | py }}: {{ m.value | json | py }}{% endfor %}",
    "{% for row in candidates %}{% set m = (row.metrics or {}).get('x') %}{{ m.value | json | py if m }}{% endfor %}",
    "{% macro m(x) %}{{ x | py }}{% endmacro %}{{ m(project.name) }}",
    "{% macro m(x) %}{% if x %}{{ x[0] | py }}{{ m(x[1:]) }}{% endif %}{% endmacro %}{{ m(project.name) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}x{% endcall %}",
    "{% set x = project.name | py %}{{ x }}",
    "{% set x %}a{{ project.name | py }}{% endset %}{{ x }}",
    "{% from '_m.jinja' import m %}{{ m(project.name) }}{% import '_m.jinja' as lib %}{{ lib.m(1) }}",
    "{% if missing is defined %}a{% endif %}{{ candidate.missing | default('x') | py }}",
    "{% with n = candidates[0] %}{{ n.id | py }}{% endwith %}",
    "{% for i in range(3) %}{{ i }}{% endfor %}{{ [project.name, 'b'] | py }}",
    "{% if 'samples' in settings and settings.base.port > 1 %}{{ settings.base.port }}{% endif %}",
    "{{ settings['other'].x | py if false }}",
    "{% filter upper %}{{ candidate.rank }}{% endfilter %}{# a comment #}",
]


@pytest.mark.parametrize("template", RIGHT)
def test_what_is_right_is_left_alone(load: Load, template: str) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "variables: {port: {type: int, default: 80}}",
            "far/base/x.jinja": template,
            "far/base/_m.jinja": "{% macro m(x) %}{{ x | py }}{% endmacro %}",
        }
    )
    assert found(sets["base"]) == []


WRITTEN_BARE = "is written without a literal filter (py); `raw_text` says that the place needs none"
WRONG = [
    ("{{ candidate.reason }}", [f"1: `candidate.reason` {WRITTEN_BARE}"]),
    ("\n{{ candidate.reason | upper }}", [f"2: `candidate.reason | upper` {WRITTEN_BARE}"]),
    ("{{ model.metadata.get('x', 1) }}", [f"1: `(...)` {WRITTEN_BARE}"]),
    ("{{ 'a' ~ project.name }}", [f"1: `(...)` {WRITTEN_BARE}"]),
    ("{{ runtime.io_bind }}", [f"1: `runtime.io_bind` {WRITTEN_BARE}"]),
    ("{% for n in model.opset %}{{ n }}{% endfor %}", [f"1: `n` {WRITTEN_BARE}"]),
    ("{% for n, v in model.opset.items() %}{{ v }}{{ n }}{% endfor %}", [f"1: `n` {WRITTEN_BARE}"]),
    ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1) }}", [f"1: `x` {WRITTEN_BARE}"]),
    (
        "{% set x = 1 %}{% if model.size %}{% set x = project.name %}{% else %}{% set x = 2 %}{% endif %}{{ x }}",
        [f"1: `x` {WRITTEN_BARE}"],
    ),
    ("{{ project.name | md }}", ["1: `md` does not fit this file: py"]),
    ("{% if false %}{{ candidate.rnk | py }}{% endif %}", ["1: `candidate.rnk` is not a field. Did you mean 'rank'?"]),
    ("{% if false %}{{ rnk | py }}{% endif %}", ["1: `rnk` is not defined."]),
    (
        "{% if false %}{{ candiate.rank }}{% endif %}",
        ["1: `candiate` is not defined. Did you mean 'candidate'?"],
    ),
    (
        "{% for i in model.inputs if false %}{{ i.nme | py }}{% endfor %}",
        ["1: `i.nme` is not a field. Did you mean 'name'?"],
    ),
    (
        "{% for p in model.components or [model] if false %}{{ p.opset | py }}{% endfor %}",
        ["1: `p.opset` is not a field. Known: inputs, name, outputs, path"],
    ),
    (
        "{% if false %}{{ settings.base.prt | py }}{% endif %}",
        ["1: `settings.base.prt` is not a field. Did you mean 'port'?"],
    ),
    (
        "{% if false %}{{ loop.indx }}{% endif %}{% for i in [] %}{{ loop.indx }}{% endfor %}",
        ["1: `loop.indx` is not a field. Did you mean 'index'?", "1: `loop` is not defined."],
    ),
    (
        "{% if false %}{{ 1 | pyy }}{% endif %}",
        ["1: there is no filter `pyy`. Did you mean 'py'?"],
    ),
    ("{% if 1 is evn %}{% endif %}", ["1: there is no test `evn`. Did you mean 'even'?"]),
    ("{% if false %}{% include 'nope' %}{% endif %}", ["1: there is no template 'nope'"]),
    ("{% if %}", ["1: Expected an expression, got 'end of statement block'"]),
    ("x = (", ["what is rendered does not parse: SyntaxError: '(' was never closed"]),
    ("{{ model.inputs[0].name | py }}", ["1: list object has no element 0"]),
]


@pytest.mark.parametrize(("template", "expected"), WRONG, ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_found(load: Load, template: str, expected: list[str]) -> None:
    sets = load(
        {"far/base/template-set.yaml": "variables: {port: {type: int, default: 80}}", "far/base/x.py.jinja": template}
    )
    said = found(sets["base"])
    for text in expected:
        assert any(text in one for one in said), said
    assert all(one.startswith(("base:x.py.jinja:", "base:x.py: ")) for one in said)


def test_blocks_are_compared_with_those_of_the_template_that_is_extended(load: Load) -> None:
    line = "{% block line scoped %}{{ row.id | py }}{% endblock %}"
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.jinja": "{% for row in candidates %}" + line + "{% endfor %}",
            "near/base/x.jinja": '{% extends "base:x.jinja" %}\n{% block lne %}{% endblock %}\n'
            "{% block line %}{{ super() }} {{ row.rank }}{{ row.rnk | py if false }}{% endblock %}",
        }
    )
    assert found(sets["base"]) == [
        "base:x.jinja:2: the template that this one extends has no block `lne`. Did you mean 'line'?",
        "base:x.jinja:3: `row.rnk` is not a field. Did you mean 'rank'?",
    ]


def test_an_included_file_sees_what_the_including_one_does(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.py.jinja": "{% for row in candidates %}{% include '_row.jinja' %}{% endfor %}",
            "far/base/_row.jinja": "#\n{{ row.rnk | py if false }}",
        }
    )
    assert found(sets["base"]) == ["base:_row.jinja:2: `row.rnk` is not a field. Did you mean 'rank'?"]


def test_an_imported_file_sees_no_context(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.py.jinja": "{% from '_m.jinja' import m %}{{ m() if false }}",
            "far/base/_m.jinja": "{% macro m() %}{{ project.name | py }}{% endmacro %}",
        }
    )
    assert found(sets["base"]) == ["base:_m.jinja:1: `project` is not defined."]


def test_a_fault_in_an_inherited_file_is_found_where_it_is(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.py.jinja": "{{ project.name }}",
            "near/derived/template-set.yaml": "extends: base",
        }
    )
    assert found(sets["derived"])[0] == f"base:x.py.jinja:1: `project.name` {WRITTEN_BARE}"


def test_a_fault_in_a_mounted_file_is_found_where_it_is(load: Load, tmp_path: Path) -> None:
    sets = load(
        {
            "far/shared/template-set.yaml": "",
            "far/shared/code/a.jinja": "\n{{ project.nme | py }}",
            "far/base/template-set.yaml": "mounts: {out: shared:code}",
        }
    )
    assert found(sets["base"])[0].startswith("shared:code/a.jinja:2: ")
    origin = FileOrigin("shared", "far", tmp_path / "far/shared/code/a.jinja", ())
    assert origin_of(sets["base"], "out/a") == Origin("out/a.jinja", (origin,), ())


def test_expressions_in_file_names_are_looked_at(load: Load) -> None:
    sets = load({"far/base/template-set.yaml": "", "far/base/{% if candidate.metrcs %}x{% endif %}": ""})
    wrong = "in the file name: `candidate.metrcs` is not a field. Did you mean 'metrics'?"
    assert f"base:{{% if candidate.metrcs %}}x{{% endif %}}: {wrong}" in found(sets["base"])


def test_templates_in_a_circle_are_found(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/a.jinja": "{% extends '_b.jinja' %}",
            "far/base/_b.jinja": "{% extends 'a.jinja' %}",
        }
    )
    assert any("in a circle" in one for one in found(sets["base"]))


def test_a_partial_that_nothing_includes_is_parsed(load: Load) -> None:
    sets = load({"far/base/template-set.yaml": "", "far/base/_p.jinja": "{{ anything }}\n{% endif %}"})
    assert found(sets["base"]) == ["base:_p.jinja:2: Encountered unknown tag 'endif'."]


def test_the_origin_of_a_file_and_of_its_blocks(load: Load, tmp_path: Path) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.py.jinja": "{% block a %}{% endblock %}{% block b %}{% endblock %}",
            "near/base/x.py.jinja": '{% extends "base:x.py.jinja" %}{% block b %}{% endblock %}',
            "far/base/plain.txt": "{% block a %}",
            "near/base/plain.txt": "replaced",
        }
    )
    near = FileOrigin("base", "near", tmp_path / "near/base/x.py.jinja", ("b",))
    far = FileOrigin("base", "far", tmp_path / "far/base/x.py.jinja", ("a", "b"))
    expected = Origin("x.py.jinja", (near, far), (("a", far), ("b", near)))
    assert origin_of(sets["base"], "x.py") == origin_of(sets["base"], "x.py.jinja") == expected
    plain = FileOrigin("base", "near", tmp_path / "near/base/plain.txt", ())
    assert origin_of(sets["base"], "plain.txt") == Origin("plain.txt", (plain,), ())
    with pytest.raises(UsageError, match=r"the template set base has no file 'x\.pi'"):
        origin_of(sets["base"], "x.pi")


@pytest.mark.parametrize("content", [b"\xff", b"{% if %}"], ids=["not text", "syntax error"])
def test_the_origin_of_a_file_that_cannot_be_parsed_is_an_error(load: Load, tmp_path: Path, content: bytes) -> None:
    sets = load({"far/base/template-set.yaml": "", "far/base/x.jinja": ""})
    (tmp_path / "far/base/x.jinja").write_bytes(content)
    with pytest.raises(ModelpressError, match=r"x\.jinja"):
        origin_of(sets["base"], "x")


def test_conditions_are_checked_too(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "only_if: {x: model.fromat, y: 'model.format ==', z: model.format}",
            "far/base/x": "",
        }
    )
    messages = [str(finding) for finding in check(sets["base"], sample_contexts())]
    assert any("in `only_if` of x: `model.fromat` is not a field" in message for message in messages)
    assert any("in `only_if` of y:" in message for message in messages)
    assert not any("in `only_if` of z" in message for message in messages)


@pytest.mark.parametrize(
    ("needs", "template", "expected"),
    [
        ("[]", "{{ model.sha256 | py }}", ["base:x.jinja:1: `model.sha256` is none without `needs: [hash]`"]),
        ("[]", "{% set m = model %}{{ m['sha256'] | py }}", ["base:x.jinja:1: `m['sha256']` is none without"]),
        ("[hash]", "{{ model.sha256 | py }}{{ '' if model.sha256 is none else model.sha256[:7] | py }}", []),
    ],
)
def test_a_hash_that_nobody_asked_for_is_found(load: Load, needs: str, template: str, expected: list[str]) -> None:
    sets = load({"far/base/template-set.yaml": f"needs: {needs}", "far/base/x.jinja": template})
    messages = found(sets["base"])
    assert len(messages) == len(expected)
    assert all(message.startswith(start) for message, start in zip(messages, expected, strict=True))


def test_a_removal_of_what_is_not_there_is_found(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/a.txt.jinja": "a",
            "near/base/template-set.yaml": "remove: [a.txt, b.txt]",
        }
    )
    message = "base:template-set.yaml: `remove` names 'b.txt', and there is no such file to remove"
    assert found(sets["base"]) == [message]


def test_a_removed_file_comes_from_nowhere(load: Load, tmp_path: Path) -> None:
    far = {"far/base/template-set.yaml": "", "far/base/sub/a.txt.jinja": "a"}
    sets = load({**far, "near/base/template-set.yaml": "remove: sub"})
    with pytest.raises(
        UsageError, match=r"the layer near takes sub/a\.txt\.jinja out of the template set base"
    ) as caught:
        origin_of(sets["base"], "sub/a.txt")
    assert caught.value.file == str(tmp_path / "near/base/template-set.yaml")


def test_templates_that_are_nested_too_deeply_are_found(load: Load) -> None:
    deep = "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"
    sets = load({"far/base/template-set.yaml": "", "far/base/a.txt.jinja": deep})
    assert "base:a.txt.jinja: it is nested too deeply" in found(sets["base"])
    with pytest.raises(UsageError, match="is nested too deeply"):
        origin_of(sets["base"], "a.txt")


def test_a_huge_manifest_is_not_read(load: Load) -> None:
    sets = load({"far/base/template-set.yaml": "description: |\n" + "  x\n" * (1 << 16) + "#" * (1 << 18)})
    with pytest.raises(UsageError, match=r"template-set\.yaml is larger than 256 KiB"):
        find_set(sets, "base")
