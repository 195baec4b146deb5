"""A trusted skeleton gives the same tree as the `cookiecutter` command, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names and modes as POSIX has them")

SHOUT = """\
from jinja2.ext import Extension


class Shout(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["shout"] = lambda text: text.upper() + "!"
"""
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"{{ cookiecutter.nothing }}" + bytes(200)


@dataclass(frozen=True)
class Case:
    variables: Mapping[str, Any]
    files: Mapping[str, str | bytes | Path]
    answers: Sequence[str] = field(default=())


CASES = {
    "variables of every kind": Case(
        {
            "name": "Sea Level",
            "slug": "{{ cookiecutter.name.lower().replace(' ', '_') }}",
            "license": ["MIT", "{{ cookiecutter.name }} licence"],
            "docker": False,
            "ports": {"http": {"port": "80"}, "{{ cookiecutter.slug }}": {"port": 8080}},
            "year": 2024,
            "nothing": None,
            "_private": "{{ not.rendered }}",
            "_tools": [{"ruff": "lint"}, {"mypy": "types"}],
            "__module": "{{ cookiecutter.slug }}_module",
            "__list": ["{{ cookiecutter.slug }}", "b"],
            "__prompts__": {"name": "What is it called?"},
        },
        {
            "{{cookiecutter.slug}}/{{cookiecutter.__module}}/main.py": "NAME = {{ cookiecutter.name | tojson }}\n",
            "{{cookiecutter.slug}}/{{cookiecutter.license}}/a/b/c.txt": "{{ cookiecutter.ports.http.port }}",
            "{{cookiecutter.slug}}/tools": "{% for one in cookiecutter._tools %}{% for k, v in one.items() %}{{ k }}:"
            "{{ v }} {% endfor %}{% endfor %}{{ cookiecutter._private }} {{ cookiecutter.docker }} "
            "{{ cookiecutter.year }} {{ cookiecutter.__list }} {{ cookiecutter.ports }} {{ cookiecutter.nothing }}\n",
        },
        ("name=Land Use", "license={{ cookiecutter.name }} licence", "docker=yes"),
    ),
    "the whole context": Case(
        {"name": "x", "choice": ["a", "b"], "_more": {"deep": [1, 2]}, "__late": "{{ cookiecutter.name }}!"},
        {
            "{{cookiecutter.name}}/context.json": "{{ cookiecutter | jsonify }}\n{{ _cookiecutter | jsonify }}",
            "{{cookiecutter.name}}/context.txt": "{{ cookiecutter }}\n{{ _cookiecutter }}\n",
        },
        ("choice=b",),
    ),
    "an extension of its own": Case(
        {"name": "x", "_extensions": ["own_extensions.Shout", "more.loud.Shout"]},
        {
            "own_extensions.py": SHOUT,
            "more/__init__.py": "",
            "more/loud.py": SHOUT,
            "{{cookiecutter.name}}/{{cookiecutter.name|shout}}.txt": "{{ 'quiet' | shout }}",
        },
    ),
    "installed extensions": Case(
        {
            "name": "Über Sea",
            "slug": "{{ cookiecutter.name | slugify(separator='_') }}",
            "_extensions": ["jinja2.ext.do", "jinja2.ext.loopcontrols", "cookiecutter.extensions.TimeExtension"],
        },
        {
            "{{cookiecutter.slug}}/a.txt": "{% set l = [] %}{% do l.append(1) %}{{ l }}{% now 'utc', 'then' %}"
            "{% for i in range(9) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}"
        },
    ),
    "hooks": Case(
        {"name": "hooked", "docs": "no"},
        {
            "hooks/pre_prompt.py": "import json, pathlib\np = pathlib.Path('cookiecutter.json')\n"
            "d = json.loads(p.read_text())\nd['added'] = 'by the hook'\np.write_text(json.dumps(d))\n",
            "hooks/pre_gen_project.sh": "#!/bin/sh\necho {{ cookiecutter.name }}\npwd | xargs basename > before.txt\n",
            "hooks/post_gen_project.py": "import pathlib, shutil, subprocess\n"
            "{% if cookiecutter.docs == 'no' %}shutil.rmtree('docs'){% endif %}\n"
            "subprocess.run(['git', 'init', '--quiet', '--initial-branch=main'], check=True)\n"
            "pathlib.Path('after.txt').write_text('{{ cookiecutter.added }}')\n",
            "hooks/post_gen_project.py~": "raise SystemExit(1)\n",
            "{{cookiecutter.name}}/docs/index.md": "{{ cookiecutter.added }}",
            "{{cookiecutter.name}}/README.md": "{{ cookiecutter.name }}\n",
        },
        ("name=caught",),
    ),
    "files that are copied as they are": Case(
        {"name": "x", "_copy_without_render": ["*.html", "static", "**/raw/*", "{{cookiecutter.name}}.j2"]},
        {
            "{{cookiecutter.name}}/index.html": "{{ kept }}",
            "{{cookiecutter.name}}/static/{{cookiecutter.name}}.css": "{% kept %}",
            "{{cookiecutter.name}}/a/raw/b.txt": "{{ kept }}",
            "{{cookiecutter.name}}/{{cookiecutter.name}}.j2": "{{ kept }}",
            "{{cookiecutter.name}}/logo.png": PNG,
            "{{cookiecutter.name}}/rendered.txt": "{{ cookiecutter.name }}",
        },
        ("name=site",),
    ),
    "file names that are conditions": Case(
        {"name": "x", "ci": ["github", "none"], "docs": True},
        {
            "{{cookiecutter.name}}/{% if not cookiecutter.docs %}plain.md{% endif %}": "plain",
            "{{cookiecutter.name}}/{% if cookiecutter.docs %}docs.md{% endif %}": "{{ undefined }}",
            "{{cookiecutter.name}}/a/{% if cookiecutter.ci == 'github' %}ci.yml{% endif %}": "a: ${{ '{{' }} b }}",
        },
        ("docs=no", "ci=none"),
    ),
    "changed delimiters": Case(
        {
            "name": "x",
            "_jinja2_env_vars": {
                "variable_start_string": "[[",
                "variable_end_string": "]]",
                "block_start_string": "[%",
                "block_end_string": "%]",
                "line_statement_prefix": "%%",
                "trim_blocks": True,
                "lstrip_blocks": True,
                "newline_sequence": "\n",
            },
            "label": "[[ cookiecutter.name ]]-1",
        },
        {
            "[[cookiecutter.name]]/a.txt": "{{ kept }} ${{ kept }}\n  [% if true %]\n[[ cookiecutter.label ]]\n  "
            "[% endif %]\n%% for i in [1, 2]\n[[ i ]]\n%% endfor\n"
        },
        ("name=square",),
    ),
    "parts and inheritance": Case(
        {"name": "x"},
        {
            "templates/licence.txt": "Licence of {{ cookiecutter.name }}",
            "{{cookiecutter.name}}/base.txt": "[{% block a %}base{% endblock %}]",
            "{{cookiecutter.name}}/derived.txt": "{% extends 'base.txt' %}{% block a %}derived{% endblock %}",
            "{{cookiecutter.name}}/LICENCE": "{% include 'licence.txt' %}\n{% macro m(x) %}<{{ x }}>{% endmacro %}"
            "{{ m(1) }}",
        },
    ),
    "bytes, ends of lines and modes": Case(
        {"name": "x"},
        {
            "{{cookiecutter.name}}/windows.txt": b"one {{ cookiecutter.name }}\r\ntwo\r\n",
            "{{cookiecutter.name}}/mixed.txt": b"one\r\ntwo\nthree",
            "{{cookiecutter.name}}/blank": "",
            "{{cookiecutter.name}}/no-end": "é {{ cookiecutter.name }} 日本",
            "{{cookiecutter.name}}/run.sh": "#!/bin/sh\necho {{ cookiecutter.name }}\n",
            "{{cookiecutter.name}}/link.txt": Path("windows.txt"),
            "{{cookiecutter.name}}/linked": Path(),
            "{{cookiecutter.name}}/data.bin": bytes(range(256)) * 4,
            "{{cookiecutter.name}}/.hidden/.dot": "{{ cookiecutter.name }}",
        },
    ),
    "one kind of line end": Case(
        {"name": "x", "_new_lines": "\r\n"}, {"{{cookiecutter.name}}/a.txt": "one\ntwo {{ cookiecutter.name }}\n"}
    ),
    "a skeleton of skeletons": Case(
        {"name": "x", "_copy_without_render": ["*/{{cookiecutter.*"]},
        {
            "{{cookiecutter.name}}/cookiecutter.json": '{"of": {{ cookiecutter.name | tojson }}}',
            "{{cookiecutter.name}}/hooks/post_gen_project.py": "raise SystemExit(1)",
            "{{cookiecutter.name}}/inner/{{cookiecutter.name}}.txt": "{{ kept }}",
            "other/cookiecutter.json": "{% no JSON %}",
        },
    ),
    "nested skeletons": Case(
        {
            "templates": {
                "first": {"path": "./inner/first", "title": "First", "description": "The first"},
                "second": {"path": "./inner/second", "title": "Second", "description": "The second"},
            }
        },
        {
            "inner/first/cookiecutter.json": json.dumps({"name": "one", "_extensions": ["shouting.Shout"]}),
            "inner/first/shouting.py": SHOUT,
            "inner/first/hooks/post_gen_project.py": "open('hooked', 'w').write('{{ cookiecutter.name }}')\n",
            "inner/first/{{cookiecutter.name}}/a.txt": "{{ cookiecutter | jsonify }} {{ 'a' | shout }}",
            "inner/second/cookiecutter.json": json.dumps({"other": "two"}),
            "inner/second/{{cookiecutter.other}}/a.txt": "second",
        },
        ("name=renamed",),
    ),
    "nested skeletons in the old way": Case(
        {"template": ["First (./first)", "Second (second)"]},
        {
            "first/cookiecutter.json": json.dumps({"name": "one"}),
            "first/{{cookiecutter.name}}/a.txt": "first",
            "second/cookiecutter.json": json.dumps({"name": "two"}),
            "second/{{cookiecutter.name}}/a.txt": "second {{ cookiecutter.name }}",
        },
        ("template=Second (second)",),
    ),
}


def variables_of(answers: Sequence[str]) -> list[str]:
    return [part for answer in answers for part in ("--var", answer)]


def made_by_both(place: Any, theirs: Sequence[object], ours: Sequence[object], **environment: str) -> None:
    """Run both commands in the same folder and compare what they leave there."""
    outcome = place.cookiecutter(*theirs, **environment)
    assert outcome.exit_code == 0, outcome.stdout + outcome.stderr
    expected = place.snapshot(place.here)
    assert expected
    for made in place.here.iterdir():
        shutil.rmtree(made)
    for name in ("home", "tmp"):
        shutil.rmtree(place.top / name)
        (place.top / name).mkdir()
    outcome = place.init(*ours, "--trust", **environment)
    assert outcome.exit_code == 0, outcome.stderr
    assert place.snapshot(place.here) == expected
    assert place.left_behind() == []


@pytest.mark.parametrize("name", CASES)
def test_a_folder(name: str, place: Any) -> None:
    case = CASES[name]
    folder = place.skeleton(case.files, case.variables)
    before = place.snapshot(folder)
    made_by_both(
        place,
        [folder, "--no-input", *case.answers],
        ["--skeleton", folder, "--no-input", *variables_of(case.answers)],
    )
    assert place.snapshot(folder) == before


@pytest.mark.parametrize("name", ["hooks", "an extension of its own", "bytes, ends of lines and modes"])
def test_a_git_repository(name: str, place: Any, require_tool: Any) -> None:
    require_tool("git")
    case = CASES[name]
    url = place.committed(place.skeleton(case.files, case.variables, "skeleton.git"))
    arguments = [url, "--no-input", *case.answers]
    made_by_both(place, arguments, ["--skeleton", url, "--no-input", *variables_of(case.answers)])


def test_a_branch_and_a_folder_of_a_git_repository(place: Any, require_tool: Any) -> None:
    require_tool("git")
    case = CASES["hooks"]
    files = {f"inner/{name}": content for name, content in case.files.items()}
    folder = place.skeleton({**files, "inner/cookiecutter.json": json.dumps(case.variables)}, {}, "skeleton.git")
    (folder / "cookiecutter.json").unlink()
    url = place.committed(folder)
    place.git(folder, "switch", "--quiet", "--create", "more/changes")
    (folder / "inner" / "{{cookiecutter.name}}" / "README.md").write_text("of the branch\n")
    place.git(folder, "add", "--all")
    place.commit(folder, "Second")
    place.git(folder, "switch", "--quiet", "main")
    more = ["--checkout", "more/changes", "--directory", "inner", "--no-input"]
    made_by_both(place, [url, *more], ["--skeleton", url, *more])
    assert (place.here / "hooked" / "README.md").read_text() == "of the branch\n"


def test_a_zip(place: Any) -> None:
    case = CASES["files that are copied as they are"]
    path = place.zipped(place.skeleton(case.files, case.variables))
    made_by_both(place, [path, "--no-input"], ["--skeleton", path, "--no-input"])


def test_a_relative_path_and_the_users_own_configuration(place: Any) -> None:
    case = CASES["the whole context"]
    place.skeleton(case.files, case.variables)
    settings = place.top / "settings.yaml"
    settings.write_text(
        "default_context: {name: 'mine{{ 1 + 1 }}', choice: b}\nabbreviations: {near: '../{0}'}\n"
        f"cookiecutters_dir: {place.home}\nreplay_dir: {place.home}\n"
    )
    environment = {"COOKIECUTTER_CONFIG": str(settings)}
    made_by_both(place, ["../skeleton", "--no-input"], ["--skeleton", "../skeleton", "--no-input"], **environment)
    assert (place.here / "mine2").is_dir()
    shutil.rmtree(place.here / "mine2")
    made_by_both(place, ["near:skeleton", "--no-input"], ["--skeleton", "near:skeleton", "--no-input"], **environment)


def test_a_replay_file_of_cookiecutter(place: Any) -> None:
    case = CASES["variables of every kind"]
    folder = place.skeleton(case.files, case.variables)
    assert place.cookiecutter(folder, "--no-input", *case.answers).exit_code == 0
    replay = place.top / "replay.json"
    shutil.move(place.home / ".cookiecutter_replay" / "skeleton.json", replay)
    shutil.rmtree(place.here / "land_use")
    made_by_both(place, [folder, "--replay-file", replay], ["--skeleton", folder, "--replay", replay])
    assert (place.here / "land_use").is_dir()


def test_compiled_python_is_left_out(place: Any) -> None:
    case = CASES["an extension of its own"]
    folder = place.skeleton(
        {
            **case.files,
            "{{cookiecutter.name}}/__pycache__/main.cpython-311.pyc": b"\x00stale",
            "{{cookiecutter.name}}/old.pyc": b"\x00stale",
            "{{cookiecutter.name}}/main.py": "x = 1\n",
        },
        case.variables,
    )
    before = place.snapshot(folder)
    assert place.init("--skeleton", folder, "--no-input", "--trust").exit_code == 0
    assert sorted(place.snapshot(place.here)) == ["x", "x/X!.txt", "x/main.py"]
    assert place.snapshot(folder) == before
