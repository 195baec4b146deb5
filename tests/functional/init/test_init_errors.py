"""What goes wrong with a skeleton is said once, with its file and line, without a value, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

A = {"{{cookiecutter.name}}/a.txt": "a"}
# variables (or the text of cookiecutter.json), files, arguments, exit code, stderr; <s> is the skeleton's path
CASES: dict[str, tuple[Mapping[str, Any] | str, Mapping[str, str | bytes], list[str], int, str]] = {
    "an undefined name": (
        {"name": "x", "pin": "s3cret"},
        {"{{cookiecutter.name}}/sub/a.txt": "one\n{{ cookiecutter.pni }}\n"},
        [],
        1,
        (
            "error: <s>: sub/a.txt:2: 'collections.OrderedDict object' has no attribute 'pni'\n"
            "hint: Correct the skeleton, or ask who made it.\n"
        ),
    ),
    "an undefined name in a file name": (
        {"name": "x", "pin": "s3cret"},
        {"{{cookiecutter.name}}/{{ cookiecutter.pni }}.txt": "a"},
        [],
        1,
        (
            "error: <s>: the name {{ cookiecutter.pni }}.txt: 'collections.OrderedDict object' has no attribute 'pni'\n"
            "hint: Correct the skeleton, or ask who made it.\n"
        ),
    ),
    "an undefined name in a default": (
        {"name": "{{ cookiecutter.pni }}", "pin": "s3cret"},
        A,
        [],
        1,
        (
            "error: <s>: Unable to render variable 'name': 'collections.OrderedDict object' has no attribute 'pni'\n"
            "hint: Correct the skeleton, or ask who made it.\n"
        ),
    ),
    "a mistake in a template": (
        {"name": "x"},
        {"{{cookiecutter.name}}/a.txt": "\n\n{% if %}"},
        [],
        1,
        (
            "error: <s>: a.txt:3: Expected an expression, got 'end of statement block'\n"
            "hint: Correct the skeleton, or ask who made it.\n"
        ),
    ),
    "an expression that fails": (
        {"name": "x", "pin": "s3cret"},
        {"{{cookiecutter.name}}/a.txt": "{{ cookiecutter.pin | int // 0 }}"},
        [],
        1,
        "error: <s>: a.txt:1: ZeroDivisionError\nhint: Correct the skeleton, or ask who made it.\n",
    ),
    "a value that Python would quote": (
        {"name": "x", "pin": "s3cret"},
        {"{{cookiecutter.name}}/a.txt": "{{ {}.__getitem__(cookiecutter.pin) }}"},
        [],
        1,
        "error: <s>: a.txt:1: KeyError\nhint: Correct the skeleton, or ask who made it.\n",
    ),
    "a part that is missing": (
        {"name": "x"},
        {"{{cookiecutter.name}}/a.txt": "{% include 'part' %}"},
        [],
        1,
        ("error: <s>: a.txt:1: there is no template 'part'\nhint: Correct the skeleton, or ask who made it.\n"),
    ),
    "a file that is not UTF-8": (
        {"name": "x"},
        {"{{cookiecutter.name}}/a.txt": b"caf\xe9 " * 9},
        [],
        1,
        "error: <s>: a.txt is not UTF-8 text\nhint: List it in _copy_without_render, or convert it.\n",
    ),
    "a hook that fails": (
        {"name": "x"},
        {**A, "hooks/pre_gen_project.py": "import sys\nprint('no such licence')\nsys.exit(3)\n"},
        [],
        1,
        (
            "no such licence\nerror: <s>: Hook script failed (exit status: 3)\n"
            "hint: What the hook printed is above. Nothing was written.\n"
        ),
    ),
    "an extension that is missing": (
        {"name": "x", "_extensions": ["no_such_package.Extension"]},
        A,
        [],
        1,
        (
            "error: <s>: Unable to load extension: No module named 'no_such_package'\n"
            "hint: Install the package that it comes from.\n"
        ),
    ),
    "JSON that is cut short": (
        '{"name": "x",\n',
        A,
        [],
        2,
        (
            "error: <s>/cookiecutter.json:2: not valid JSON: Expecting property name enclosed in double quotes\n"
            "hint: The file is cut short; copy it again from where it was made.\n"
        ),
    ),
    "JSON that is a list": (
        "[]",
        A,
        [],
        2,
        "error: <s>/cookiecutter.json is not a mapping\nhint: It maps each variable to its default.\n",
    ),
    "no template": (
        {"name": "x"},
        {"name/a.txt": "a"},
        [],
        2,
        (
            "error: <s> is no skeleton: no folder in it has a name such as {{cookiecutter.name}}\n"
            "hint: Correct the skeleton, or ask who made it.\n"
        ),
    ),
    "a name that is empty": (
        {"name": ""},
        A,
        [],
        2,
        "error: <s>: with these answers the project's folder has no name\nhint: Give other answers.\n",
    ),
    "an answer to what is not asked": (
        {"name": "x", "_private": "y"},
        A,
        ["--var", "nmae=y"],
        2,
        "error: --var nmae: <s> asks for no such thing\nhint: Did you mean name?\n",
    ),
    "an answer that changes the skeleton": (
        {"name": "x", "_extensions": []},
        A,
        ["--var", "_extensions=own.Code"],
        2,
        "error: --var _extensions: <s> asks for no such thing\nhint: It asks for name.\n",
    ),
    "an answer that is no choice": (
        {"name": "x", "licence": ["MIT", "BSD"]},
        A,
        ["--var", "licence=GPL"],
        2,
        (
            "error: --var GPL provided for choice variable licence, but the choices are ['MIT', 'BSD'].\n"
            "hint: Give one of the choices.\n"
        ),
    ),
    "an answer that is no truth": (
        {"name": "x", "docs": True},
        A,
        ["--var", "docs=perhaps"],
        2,
        (
            "error: --var perhaps provided for variable docs could not be converted to a boolean.\n"
            "hint: Give one of the choices.\n"
        ),
    ),
    "an answer that is no mapping": (
        {"name": "x", "ports": {"http": 80}},
        A,
        ["--var", "ports=80"],
        2,
        'error: --var ports is not a mapping\nhint: Write it as JSON: {"key": "value"}.\n',
    ),
    "an answer without a value": (
        {"name": "x"},
        A,
        ["--var", "name"],
        2,
        "error: --var name: has no value\nhint: Write it as NAME=VALUE.\n",
    ),
    "nested skeletons that are nowhere": (
        {"templates": {"one": {"path": "nowhere"}}},
        {},
        [],
        2,
        "error: <s>: 'nowhere' is no nested skeleton\nhint: Name one of its folders with --directory.\n",
    ),
    "nested skeletons in no form": (
        {"template": ["no path"]},
        {},
        [],
        2,
        (
            "error: <s>: its nested skeletons are not listed as cookiecutter reads them\n"
            "hint: Name one of its folders with --directory.\n"
        ),
    ),
    "a checkout of a folder": (
        {"name": "x"},
        A,
        ["--checkout", "main"],
        2,
        (
            "error: --checkout goes with a git URL, and <s> is a folder\n"
            "hint: Leave it out, or give the repository as file:///PATH.\n"
        ),
    ),
    "a folder outside": (
        {"name": "x"},
        A,
        ["--directory", "../other"],
        2,
        "error: --directory ../other is no folder of the skeleton\nhint: Give its path inside the repository.\n",
    ),
    "answers that are missing": (
        {"name": "x"},
        A,
        ["--replay", "answers.json"],
        2,
        "error: answers.json cannot be read: No such file or directory\nhint: Give an existing file with JSON.\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name: str, place: Any) -> None:
    variables, files, arguments, exit_code, stderr = CASES[name]
    folder = place.skeleton(files, {} if isinstance(variables, str) else variables)
    if isinstance(variables, str):
        (folder / "cookiecutter.json").write_text(variables)
    outcome = place.init("--skeleton", folder, "--no-input", "--trust", *arguments)
    assert outcome.stderr.replace(str(folder), "<s>") == stderr
    assert outcome.exit_code == exit_code
    assert outcome.stdout == ""
    assert "s3cret" not in outcome.stderr
    assert list(place.here.iterdir()) == []
    assert place.left_behind() == []


def test_no_skeleton(place: Any) -> None:
    (place.top / "empty").mkdir()
    for name in ("empty", "missing", "empty/nothing.txt"):
        outcome = place.init("--skeleton", place.top / name, "--trust")
        assert outcome.exit_code == 2
        assert "is no skeleton: there is no cookiecutter.json in it" in outcome.stderr


def test_a_skeleton_in_a_folder_is_named(place: Any) -> None:
    files = {"inner/one/cookiecutter.json": '{"name": "x"}', "inner/one/{{cookiecutter.name}}/a": "a"}
    folder = place.skeleton(files, {})
    (folder / "cookiecutter.json").unlink()
    outcome = place.init("--skeleton", place.zipped(folder), "--trust", "--no-input")
    assert outcome.exit_code == 2
    assert "There is one in inner/one: name it with --directory." in outcome.stderr
    made = place.init("--skeleton", place.zipped(folder), "--directory", "inner/one", "--trust", "--no-input")
    assert made.exit_code == 0, made.stderr
    assert (place.here / "x" / "a").exists()


def test_zips_that_are_no_zips(place: Any) -> None:
    (place.top / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    broken = place.init("--skeleton", place.top / "broken.zip", "--trust")
    assert (broken.exit_code, "cannot be read as a zip" in broken.stderr) == (1, True)
    missing = place.init("--skeleton", place.top / "missing.zip", "--trust")
    assert (missing.exit_code, "cannot be read as a zip" in missing.stderr) == (1, True)
    address = place.init("--skeleton", "https://localhost/skeleton.zip", "--trust")
    assert (address.exit_code, "Download it" in address.stderr) == (2, True)


def test_repositories_that_cannot_be_had(place: Any, require_tool: Any) -> None:
    require_tool("git")
    missing = place.init("--skeleton", (place.top / "missing").as_uri(), "--trust")
    assert missing.exit_code == 6
    assert "cannot be fetched: " in missing.stderr
    url = place.committed(place.skeleton(A, {"name": "x"}))
    unknown = place.init("--skeleton", url, "--checkout", "v9", "--trust")
    assert (unknown.exit_code, f"{url} has no branch, tag or commit 'v9'" in unknown.stderr) == (6, True)
    empty = place.top / "empty"
    empty.mkdir()
    place.git(empty, "init", "--quiet")
    nothing = place.init("--skeleton", empty.as_uri(), "--trust")
    assert (nothing.exit_code, "has no commit" in nothing.stderr) == (6, True)
    without = place.init("--skeleton", url, "--trust", PATH=str(place.top))
    assert (without.exit_code, "git is not installed" in without.stderr) == (1, True)


@pytest.mark.parametrize("text", ["abbreviations: [a]\n", "default_context: 3\n", "a: [\n", "- a\n"])
def test_a_configuration_of_cookiecutter_that_cannot_be_used(text: str, place: Any) -> None:
    settings = place.top / "settings.yaml"
    settings.write_text(text)
    folder = place.skeleton(A, {"name": "x"})
    outcome = place.init("--skeleton", folder, "--trust", "--no-input", COOKIECUTTER_CONFIG=str(settings))
    assert outcome.exit_code == 2, outcome.stderr
    assert "cookiecutter's configuration cannot be used" in outcome.stderr


def test_an_abbreviation_that_cannot_be_filled(place: Any) -> None:
    settings = place.top / "settings.yaml"
    settings.write_text("abbreviations: {x: '{1}', y: 3}\n")
    for text in ("x:a", "y:a"):
        outcome = place.init("--skeleton", text, "--trust", COOKIECUTTER_CONFIG=str(settings))
        assert outcome.exit_code == 2, outcome.stderr
        assert "of cookiecutter's configuration cannot be used" in outcome.stderr


@pytest.mark.parametrize("text", ["[]", "{}", '{"cookiecutter": []}', "{"])
def test_answers_that_are_none(text: str, place: Any) -> None:
    replay = place.top / "replay.json"
    replay.write_text(text)
    outcome = place.init("--replay", replay)
    assert outcome.exit_code == 2, outcome.stderr
    assert str(replay) in outcome.stderr
    assert list(place.here.iterdir()) == []


def test_answers_that_end_early(place: Any) -> None:
    outcome = place.init("made", answers="Only a name\n")
    assert outcome.exit_code == 2
    assert "error: the answers ended before the questions\nhint: Pass --no-input to take every default.\n" in (
        outcome.stderr
    )
    assert list(place.here.iterdir()) == []


def test_places_that_cannot_be_written(place: Any) -> None:
    (place.here / "file").write_text("kept")
    for target in ("file", "file/below"):
        outcome = place.init(target, "--no-input")
        assert outcome.exit_code == 1, outcome.stderr
    (place.here / "linked").symlink_to(place.here / "nowhere")
    assert place.init("linked", "--no-input").exit_code == 1
    assert {path.name for path in place.here.iterdir()} == {"file", "linked"}


def test_a_document_of_another_project_is_no_trouble(place: Any) -> None:
    """Answers to what is not asked any more are left out, and new questions take their default."""
    replay = place.top / "replay.json"
    replay.write_text(
        json.dumps({"cookiecutter": {"name": "again", "gone": 1, "_template": "elsewhere", "__late": "L"}})
    )
    folder = place.skeleton(
        {"{{cookiecutter.name}}/a": "{{ cookiecutter.new }} {{ cookiecutter.__late }} {{ cookiecutter._template }}"},
        {"name": "x", "new": "{{ cookiecutter.name }}!", "__late": "late"},
    )
    outcome = place.init("--skeleton", folder, "--trust", "--replay", replay)
    assert outcome.exit_code == 0, outcome.stderr
    assert Path(place.here, "again", "a").read_text() == f"again! L {folder}"
