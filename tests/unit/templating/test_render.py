"""Rendering: what comes out, and what is refused, with the place in the template."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.templating import TemplateSet, render, render_sets
from modelpress.templating.checking.specimens import sample_contexts
from modelpress.templating.render import render_plain

Load = Callable[[Mapping[str, str]], dict[str, TemplateSet]]
CONTEXT = sample_contexts()[0]


def content_of(entry: Entry) -> str:
    with entry.open() as file:
        return file.read().decode()


def texts(template_set: TemplateSet, folders: Mapping[str, str] | None = None) -> dict[str, str]:
    files = render(CONTEXT, template_set, folders=folders or {})
    return {path: content_of(entry) for path, entry in files.items()}


def one(template: str, name: str = "x.txt.jinja") -> dict[str, str]:
    return {"far/base/template-set.yaml": "", f"far/base/{name}": template}


def test_templates_lose_their_suffix_and_other_files_are_copied(load: Load) -> None:
    sets = load({**one("{{ project.name | py }}\n"), "far/base/sub/y.txt": "{{ not a template }}", "far/base/_p": ""})
    assert texts(sets["base"]) == {"x.txt": '"digits"\n', "sub/y.txt": "{{ not a template }}"}


def test_blocks_leave_no_blank_lines_and_the_last_newline_stays(load: Load) -> None:
    sets = load(one("a\n    {% if true %}\nb\n    {% endif %}\nc\n"))
    assert texts(sets["base"]) == {"x.txt": "a\nb\nc\n"}


def test_scripts_are_executable(load: Load) -> None:
    sets = load({**one("#!/bin/sh\n", "run.sh.jinja"), "far/base/copied.sh": "#!/bin/sh\n", "far/base/plain.sh": "x"})
    files = render(CONTEXT, sets["base"])
    assert {path: (entry.executable, entry.is_text) for path, entry in files.items()} == {
        "run.sh": (True, True),
        "copied.sh": (True, True),
        "plain.sh": (False, True),
    }


def test_top_level_folders_can_be_mounted_elsewhere(load: Load) -> None:
    sets = load(
        {"far/base/template-set.yaml": "", "far/base/model/a": "", "far/base/model.txt": "", "far/base/x/model/b": ""}
    )
    assert set(texts(sets["base"], {"model": "CandidateModels/cpu-cpu/BestCandidateModel_1"})) == {
        "CandidateModels/cpu-cpu/BestCandidateModel_1/a",
        "model.txt",
        "x/model/b",
    }


def test_file_names_may_be_expressions_and_an_empty_one_is_no_file(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/{{ candidate.accelerator }}/{{ candidate.id }}.json": "",
            "far/base/{% if candidate.metrics %}metrics.json{% endif %}.jinja": "m",
            "far/base/{% if not candidate.metrics %}none{% endif %}/deep/x": "",
        }
    )
    assert texts(sets["base"]) == {"cpu-cpu/586a48e5.json": "", "metrics.json": "m"}


def test_files_and_folders_may_have_conditions(load: Load) -> None:
    conditions = "only_if: {x.txt: model.format == 'onnx', y.txt: model.format != 'onnx', sub/: settings.base.extra}"
    variables = "variables: {extra: {type: bool, default: false}}"
    sets = load(
        {
            "far/base/template-set.yaml": f"{conditions}\n{variables}",
            "far/base/x.txt.jinja": "x",
            "far/base/y.txt": "y",
            "far/base/sub/deep/z.txt": "z",
            "near/base/template-set.yaml": "only_if: {y.txt: 'true'}",
        }
    )
    settings = {"base": {"extra": False}}
    context = {"model": {"format": "onnx"}, "settings": settings}
    assert set(render_plain(context, sets["base"])) == {"x.txt", "y.txt"}
    settings["base"]["extra"] = True
    assert set(render_plain(context, sets["base"])) == {"x.txt", "y.txt", "sub/deep/z.txt"}


@pytest.mark.parametrize("expression", ["model.nothing", "model.format ==", "().__class__"])
def test_a_condition_that_fails_is_an_error_that_names_it(load: Load, expression: str) -> None:
    sets = load({"far/base/template-set.yaml": f'only_if: {{x.txt: "{expression}"}}', "far/base/x.txt": "x"})
    with pytest.raises(ModelpressError) as caught:
        texts(sets["base"])
    assert "`only_if` of 'x.txt'" in caught.value.message
    assert "template-set.yaml" in caught.value.file


def test_a_file_can_extend_the_one_it_replaces_through_all_layers(load: Load) -> None:
    extending = '{% extends "base:sub/x.jinja" %}{% block a %}NAME({{ super() }}){% endblock %}'
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/sub/x.jinja": "[{% block a %}far{% endblock %}]",
            "middle/base/sub/x.jinja": extending.replace("NAME", "middle"),
            "near/base/sub/x.jinja": extending.replace("NAME", "near"),
        }
    )
    assert texts(sets["base"]) == {"sub/x": "[near(middle(far))]"}


def test_a_set_can_extend_a_file_of_the_set_it_extends(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/x.jinja": "{% block a %}base{% endblock %} {% include '_p.jinja' %}",
            "far/base/_p.jinja": "base partial",
            "far/derived/template-set.yaml": "extends: base",
            "far/derived/x.jinja": '{% extends "base:x.jinja" %}{% block a %}derived+{{ super() }}{% endblock %}',
            "far/derived/_p.jinja": "derived partial",
            "far/other/template-set.yaml": "",
            "far/other/y.jinja": '{% extends "base:x.jinja" %}{% block a %}other{% endblock %}',
        }
    )
    assert texts(sets["base"]) == {"x": "base base partial"}
    assert texts(sets["derived"]) == {"x": "derived+base derived partial"}
    assert texts(sets["other"]) == {"y": "other base partial"}


def test_two_sets_that_write_one_path_are_an_error(load: Load) -> None:
    sets = load({f"far/{name}/{file}": "" for name in "ab" for file in ("template-set.yaml", "x.txt")})
    with pytest.raises(ModelpressError, match=r"the template sets a and b both write x\.txt"):
        render_sets(CONTEXT, sets.values())


MOUNTING = {
    "far/shared/template-set.yaml": "",
    "far/shared/code/a.py": "a = 1\n",
    "far/shared/code/b.py.jinja": "b = {{ project.name | py }}{% include '_p.jinja' ignore missing %}",
    "far/shared/code/_part.jinja": "part of {{ project.name | raw_text }}",
    "far/shared/code/c.txt.jinja": "{% include 'shared:code/_part.jinja' %}",
    **{f"far/{name}/template-set.yaml": "mounts: {out/code: shared:code}" for name in ("one", "two")},
}
MOUNTED = {"out/code/a.py": "a = 1\n", "out/code/b.py": 'b = "digits"', "out/code/c.txt": "part of digits"}


def test_mounted_files_are_rendered_where_they_are_mounted(load: Load) -> None:
    sets = load({**MOUNTING, "far/two/only.txt": "two"})
    assert texts(sets["one"]) == MOUNTED
    assert texts(sets["two"], {"out": "elsewhere"}) == {
        "only.txt": "two",
        **{path.replace("out/", "elsewhere/"): text for path, text in MOUNTED.items()},
    }


def test_what_two_sets_mount_in_one_place_is_written_once(load: Load) -> None:
    sets = load(MOUNTING)
    files = render_sets(CONTEXT, [sets["one"], sets["two"]])
    assert {path: content_of(entry) for path, entry in files.items()} == MOUNTED
    differing = load({**MOUNTING, "far/two/_p.jinja": "  # partials are those of the set that is rendered"})
    with pytest.raises(ModelpressError, match=r"the template sets one and two both write out/code/b\.py"):
        render_sets(CONTEXT, [differing["one"], differing["two"]])


def test_a_set_replaces_extends_and_leaves_out_what_it_mounts(load: Load) -> None:
    extending = '{% extends "one:out/code/d.jinja" %}{% block a %}[{{ super() }}]{% endblock %}'
    sets = load(
        {
            **MOUNTING,
            "far/shared/code/d.jinja": "{% block a %}shared{% endblock %}",
            "far/one/out/code/d.jinja": extending,
            "far/one/out/code/a.py": "a = 2\n",
            "far/one/template-set.yaml": "mounts: {out/code: shared:code}\nonly_if: {out/code/b.py: 'false'}",
        }
    )
    assert texts(sets["one"]) == {
        "out/code/c.txt": MOUNTED["out/code/c.txt"],
        "out/code/a.py": "a = 2\n",
        "out/code/d": "[shared]",
    }


def test_a_fault_in_a_mounted_file_names_the_file(load: Load) -> None:
    sets = load({**MOUNTING, "far/shared/code/bad.jinja": "\n{{ nothing }}"})
    with pytest.raises(ModelpressError, match=r"^shared:code/bad\.jinja:2: 'nothing' is undefined") as caught:
        render(CONTEXT, sets["one"])
    assert caught.value.file.endswith("far/shared/code/bad.jinja:2")


def test_two_files_that_are_written_to_one_path_are_an_error(load: Load) -> None:
    sets = load({**one("a"), "far/base/x.txt": "b"})
    with pytest.raises(ModelpressError, match=r"two files of the set are written to x\.txt"):
        render(CONTEXT, sets["base"])


FAULTS = [
    ("\n{{ candidate.rnk }}", 2, "'dict object' has no attribute 'rnk'", "Did you mean 'rank'?"),
    ("{{ nme }}", 1, "'nme' is undefined", "Did you mean 'name'?"),
    ("{{ candidate.rnk | py }}", 1, "'dict object' has no attribute 'rnk'", "Did you mean 'rank'?"),
    ("{{ [{'a': rnk}] | json }}", 1, "'rnk' is undefined", "Did you mean 'rank'?"),
    ("\n\n{% if %}", 3, "Expected an expression, got 'end of statement block'", "Correct the template."),
    ("{{ 'a' | pyy }}", 1, "No filter named 'pyy'.", "Did you mean 'py'?"),
    ("{{ 'a' | random }}", 1, "No filter named 'random'.", "Known: cmake"),
    ("{{ none | toml }}", 1, "the filter `toml` cannot write this NoneType: there is no null", "Convert the value"),
    ("{{ 1 + 'a' }}", 1, "TypeError: unsupported operand type(s) for +: 'int' and 'str'", "Correct the expression"),
    ("{{ 1 // 0 }}", 1, "ZeroDivisionError", "Correct the expression"),
    (
        "{{ range(10**9) | list }}",
        1,
        "OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).",
        "Correct the expression",
    ),
    ("{% include 'nope' %}", 1, "there is no template 'base:nope'", "Correct the name"),
    ("{% include 'nope:x' %}", 1, "there is no template 'nope:x'", "Correct the name"),
    ("{% extends 'base:x.txt.jinja' %}", 1, "no farther layer has a 'base:x.txt.jinja' for it to extend", "Correct"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[case[0].strip() for case in FAULTS])
def test_a_fault_is_reported_with_file_and_line(load: Load, fault: tuple[str, int, str, str]) -> None:
    template, line, message, hint = fault
    with pytest.raises(ModelpressError) as caught:
        render(CONTEXT, load(one(template))["base"])
    assert caught.value.message == f"base:x.txt.jinja:{line}: {message}"
    assert caught.value.hint.startswith(hint)
    assert caught.value.file.endswith(f"/far/base/x.txt.jinja:{line}")
    assert caught.value.exit_code == 1


def test_a_fault_in_an_included_file_names_that_file(load: Load) -> None:
    sets = load({**one("\n{% include '_p.jinja' %}"), "far/base/_p.jinja": "\n\n{{ nothing }}"})
    with pytest.raises(ModelpressError, match=r"^base:_p\.jinja:3: 'nothing' is undefined"):
        render(CONTEXT, sets["base"])


def test_a_fault_in_a_file_name_names_the_file(load: Load) -> None:
    with pytest.raises(ModelpressError, match=r"base: the file name '\{\{ nothing \}\}': 'nothing' is undefined"):
        render(CONTEXT, load(one("", "{{ nothing }}"))["base"])


@pytest.mark.parametrize(
    "template",
    ["{{ nested.tokn }}", "{{ token | int | py + [] }}", "{{ nested | shell }}", "{{ token.x }}", "{{ 1 + token }}"],
)
def test_a_fault_says_nothing_of_the_context(load: Load, template: str) -> None:
    plain = {"token": "s3cret", "nested": {"token": "s3cret"}}
    with pytest.raises(ModelpressError) as caught:
        render_plain(plain, load(one(template))["base"])
    assert "s3cret" not in f"{caught.value.message} {caught.value.hint} {caught.value.file}"


def test_templates_that_extend_each_other_in_a_circle_are_named(load: Load) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "far/base/a.jinja": "{% extends '_b.jinja' %}",
            "far/base/_b.jinja": "{% extends '_c.jinja' %}",
            "far/base/_c.jinja": "{% extends '_b.jinja' %}",
        }
    )
    with pytest.raises(
        ModelpressError, match=r"in a circle: base:a\.jinja -> base:_b\.jinja -> base:_c\.jinja -> base:_b\.jinja"
    ):
        render(CONTEXT, sets["base"])


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ '' | attr('__class__') | attr('mro') }}",
        "{{ project | attr('__x__') }}",
        "{{ project.name.format.__globals__ }}",
        "{{ '{0.__class__.__mro__}'.format(1) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__dict__ }}",
        "{{ ['x'] | map(attribute='__class__.__mro__') | list }}",
        "{{ candidate.update(rank=9) }}",
        "{{ (candidates | list).append(1) }}",
        "{% for name in ['__class__'] %}{{ project[name].x }}{% endfor %}",
    ],
)
def test_reaching_for_code_is_unsafe(load: Load, template: str) -> None:
    with pytest.raises(UnsafeInputError, match=r"^base:x\.txt\.jinja:1: the template reaches for the inside of Python"):
        render(CONTEXT, load(one(template))["base"])


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "C:/x", "..", "a\\b", "\n", "a//b"])
def test_a_path_outside_the_bundle_is_unsafe(load: Load, path: str) -> None:
    sets = load(one("", "{{ path }}"))
    with pytest.raises(
        UnsafeInputError, match=r"^base: the file name '\{\{ path \}\}': .* cannot be a path in a bundle"
    ):
        render_plain({"path": path}, sets["base"])


def test_a_file_name_with_a_syntax_error_names_the_file(load: Load) -> None:
    with pytest.raises(ModelpressError, match=r"^base: the file name '\{\{ x y \}\}': expected token"):
        render(CONTEXT, load(one("", "{{ x y }}"))["base"])


@pytest.mark.parametrize("name", ["x.txt.jinja", "x.txt", "_p.jinja"])
def test_a_link_that_leaves_the_set_is_unsafe(load: Load, tmp_path: Path, name: str) -> None:
    sets = load(
        {
            "far/base/template-set.yaml": "",
            "secret": "s3cret",
            "far/base/y.jinja": "{% include '_p.jinja' %}",
            "far/base/_p.jinja": "",
        }
    )
    (tmp_path / "far/base" / name).unlink(missing_ok=True)
    (tmp_path / "far/base" / name).symlink_to(tmp_path / "secret")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        render(CONTEXT, sets["base"])


def test_a_name_that_leaves_the_set_is_unsafe(load: Load) -> None:
    sets = load({**one("{% include '../../secret' %}"), "secret": "s3cret"})
    with pytest.raises(UnsafeInputError, match="leads outside"):
        render(CONTEXT, sets["base"])


def test_a_template_that_is_not_text_is_an_error(load: Load, tmp_path: Path) -> None:
    sets = load(one(""))
    (tmp_path / "far/base/x.txt.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelpressError, match=r"base:x\.txt\.jinja is not UTF-8 text"):
        render(CONTEXT, sets["base"])


def test_an_edited_template_is_rendered_anew(load: Load, tmp_path: Path) -> None:
    sets = load(one("one"))
    assert texts(sets["base"]) == {"x.txt": "one"}
    path = tmp_path / "far/base/x.txt.jinja"
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    assert texts(sets["base"]) == {"x.txt": "two"}


def test_a_template_may_recurse_over_data(load: Load) -> None:
    sets = load(
        {
            **one("{% set n = 3 %}{% include '_p.jinja' %}"),
            "far/base/_p.jinja": "{{ n }}{% if n %}{% set n = n - 1 %}{% include '_p.jinja' %}{% endif %}",
        }
    )
    assert texts(sets["base"]) == {"x.txt": "3210"}


# --- compiled templates ------------------------------------------------------------------------------------------

RENDER = """
import sys
from pathlib import Path
from modelpress.templating import Layer, load_sets, render
from modelpress.templating.checking.specimens import sample_contexts
base = load_sets([Layer("far", Path(sys.argv[1]))])["base"]
print(render(sample_contexts()[0], base)["x.txt"].open().read().decode())
"""


def render_elsewhere(tmp_path: Path, **environment: str) -> str:
    command = [sys.executable, "-c", RENDER, str(tmp_path / "far")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def compiled(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def test_compiled_templates_are_kept_in_a_private_folder(load: Load, tmp_path: Path) -> None:
    load(one("{{ project.name | py }}"))
    cache = tmp_path / "cache"
    for _ in range(2):
        assert render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache)) == '"digits"'
        (file,) = compiled(cache)
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert file.parent.name.startswith("sandboxed-jinja")
        os.utime(file, ns=(1, 1))
    assert file.stat().st_mtime_ns == 1  # the second run wrote nothing


def test_a_damaged_compiled_template_is_compiled_again(load: Load, tmp_path: Path) -> None:
    load(one("{{ project.name | py }}"))
    cache = tmp_path / "cache"
    render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache))
    (file,) = compiled(cache)
    whole = file.read_bytes()
    for damaged in (b"", whole[:20], whole[:-9], b"\0" * 50, whole[:30] + b"\x80" + whole[31:]):
        file.write_bytes(damaged)
        assert render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache)) == '"digits"'


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_a_folder_that_others_can_enter_is_not_used(load: Load, tmp_path: Path, mode: int) -> None:
    load(one("a"))
    cache = tmp_path / "cache"
    render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache))
    (file,) = compiled(cache)
    file.parent.chmod(mode)
    file.unlink()
    assert render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache)) == "a"
    assert compiled(cache) == []


@pytest.mark.parametrize(
    "environment", [{"HOME": "/nonexistent"}, {"HOME": "/dev/null"}, {"XDG_CACHE_HOME": "/dev/null"}]
)
def test_no_place_for_compiled_templates_is_no_error(load: Load, tmp_path: Path, environment: dict[str, str]) -> None:
    load(one("a"))
    assert render_elsewhere(tmp_path, **environment) == "a"


def test_a_link_in_the_place_of_the_folder_is_not_used(load: Load, tmp_path: Path) -> None:
    load(one("a"))
    cache = tmp_path / "cache"
    render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache))
    (file,) = compiled(cache)
    folder = file.parent
    moved = folder.rename(tmp_path / "moved")
    folder.symlink_to(moved)
    for left in moved.iterdir():
        left.unlink()
    assert render_elsewhere(tmp_path, XDG_CACHE_HOME=str(cache)) == "a"
    assert list(moved.iterdir()) == []
