"""Sets that others wrote are rendered in a process of their own, which may use so much and no more."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.bundle import ExistingFile, RenderedText
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.limits import Limits
from modelpress.templating import Layer, TemplateSet, apart, load_sets, render, render_sets, search_path
from modelpress.templating.checking.specimens import sample_contexts

CONTEXT = sample_contexts()[0]
Foreign = Callable[[Mapping[str, str]], TemplateSet]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


@pytest.fixture
def foreign(tmp_path: Path) -> Foreign:
    """Writes the files of the set `org` and loads it as a layer that came from a zip."""

    def write(files: Mapping[str, str]) -> TemplateSet:
        for name, content in {"template-set.yaml": "", **files}.items():
            path = tmp_path / "layer/org" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return load_sets([Layer("acme", tmp_path / "layer", "zip", "0" * 64), *search_path()])["org"]

    return write


FILES = {
    "template-set.yaml": "variables: {n: {type: int, default: 1}}\nonly_if: {never.txt: 'false'}",
    "{{ candidate.accelerator }}/a.txt.jinja": "{{ model.name | py }} {% include '_part.jinja' %} é\n",
    "_part.jinja": "{{ project.name | py }}",
    "run.sh.jinja": "#!/bin/sh\n",
    "never.txt": "",
    "sub/as-it-is.txt": "{{ not rendered }}\n",
}


def test_it_renders_what_it_would_in_this_process(foreign: Foreign, tmp_path: Path) -> None:
    theirs = foreign(FILES)
    ours = load_sets([Layer("project", tmp_path / "layer"), *search_path()])["org"]
    assert (theirs.is_foreign, ours.is_foreign) == (True, False)
    made = render(CONTEXT, theirs)
    assert made == render(CONTEXT, ours)
    assert sorted(made) == ["cpu-cpu/a.txt", "run.sh", "sub/as-it-is.txt"]
    assert isinstance(made["sub/as-it-is.txt"], ExistingFile)
    assert isinstance(made["run.sh"], RenderedText)
    assert made["run.sh"].executable


def test_ones_own_set_that_names_a_foreign_one_is_rendered_apart_too(foreign: Foreign, tmp_path: Path) -> None:
    foreign({"_hang.jinja": "{{ 'x' * model.size * 10**6 }}"})
    own = tmp_path / "own/mine"
    own.mkdir(parents=True)
    (own / "template-set.yaml").write_text("")
    (own / "a.txt.jinja").write_text("{% include 'org:_hang.jinja' %}")
    layers = [Layer("project", tmp_path / "own"), Layer("acme", tmp_path / "layer", "zip", "0" * 64)]
    with pytest.raises(UnsafeInputError, match=r"org:_hang\.jinja:1: rendering takes too much memory"):
        render(CONTEXT, load_sets(layers)["mine"])


RUNS_AWAY = {
    "nested ranges": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a power": "{{ 9 ** (9 ** (9 ** 9)) }}",
    "a long text": "{{ 'x' * 10**9 }}",
    "many texts": "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
    "a text in a name": "{% if ('x' * model.size * 10**6) | length %}{% endif %}",
}


@pytest.mark.parametrize("template", RUNS_AWAY.values(), ids=RUNS_AWAY)
def test_what_runs_away_is_stopped(foreign: Foreign, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    monkeypatch.setattr(apart, "LIMITS", Limits(memory=1 << 30, seconds=2, written=1 << 20))
    with pytest.raises(UnsafeInputError, match=r"takes (too|more)") as caught:
        render(CONTEXT, foreign({"a.txt.jinja": template}))
    assert "org" in caught.value.message
    assert "do not use this template set" in caught.value.hint


@pytest.mark.parametrize(
    "files",
    [
        {"template-set.yaml": "only_if: {a.txt: \"'x' * 10**10 == model.name\"}", "a.txt": ""},
        {"{{ 'x' * model.size * 10**6 }}.txt": ""},
    ],
)
def test_conditions_and_names_of_files_are_held_to_the_same(foreign: Foreign, files: Mapping[str, str]) -> None:
    with pytest.raises(UnsafeInputError, match="rendering takes too much memory"):
        render(CONTEXT, foreign(files))


def test_the_line_that_takes_too_long_is_named(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LIMITS", Limits(memory=1 << 30, seconds=1, written=1 << 20))
    with pytest.raises(UnsafeInputError, match=r"^org:a\.txt\.jinja:2: rendering takes too long") as caught:
        render(CONTEXT, foreign({"a.txt.jinja": f"one\n{RUNS_AWAY['nested ranges']}"}))
    assert caught.value.file.endswith("org/a.txt.jinja:2")


@pytest.mark.parametrize("character", ["x", "\\u0000", "é"])
def test_more_than_may_be_written_is_refused(foreign: Foreign, monkeypatch: pytest.MonkeyPatch, character: str) -> None:
    monkeypatch.setattr(apart, "LIMITS", Limits(memory=1 << 30, seconds=10, written=6 << 20))
    template = f'{{{{ "{character}" * 2**19 }}}}'
    made = render(CONTEXT, foreign({"a.txt.jinja": template}))
    assert made["a.txt"].size >= 2**19
    with pytest.raises(UnsafeInputError, match="what it renders is larger than 1 MiB"):
        render(CONTEXT, foreign({"b.txt.jinja": template, "c.txt.jinja": template}))


ERRORS = [
    ("{{ candidate.rnk }}", ModelpressError, "org:a.txt.jinja:1: "),
    ("{{ ().__class__ }}", UnsafeInputError, "reaches for the inside of Python"),
    ("{{ model.inputs.append.__globals__ }}", UnsafeInputError, "reaches for the inside of Python"),
    ("{% include '../../secret' %}", UnsafeInputError, "org:a.txt.jinja:1: "),
]


@pytest.mark.parametrize(("template", "kind", "message"), ERRORS)
def test_errors_are_the_same(foreign: Foreign, template: str, kind: type[ModelpressError], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        render(CONTEXT, foreign({"a.txt.jinja": template}))
    assert type(caught.value) is kind
    assert caught.value.hint


def test_secrets_do_not_reach_the_child(foreign: Foreign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cret")
    seen = tmp_path / "seen"
    (tmp_path / "sitecustomize.py").write_text(f"import os; open({str(seen)!r}, 'w').write(' '.join(os.environ))")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    render_sets(CONTEXT, [foreign({"a.txt.jinja": "a"})])
    assert "PATH" in seen.read_text()
    assert "AZURE_CLIENT_SECRET" not in seen.read_text()


def test_built_in_sets_are_the_same_beside_a_foreign_layer(foreign: Foreign, tmp_path: Path) -> None:
    foreign({})
    sets = load_sets([Layer("acme", tmp_path / "layer", "git", "0" * 40), *search_path()])
    ours = load_sets(search_path())
    names = ("readme", "candidate", "ranking")
    theirs = render_sets(CONTEXT, [sets[name] for name in names])
    assert theirs == render_sets(CONTEXT, [ours[name] for name in names])
