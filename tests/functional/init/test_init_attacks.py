"""Skeletons that are made to do harm: nothing of them runs without --trust, and with it nothing leaves the project."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names and links as POSIX has them")

ESCAPE = "cycler.__init__.__globals__.os.system('touch $HOME/ran')"
"""An expression that leaves a file in the home folder: proof that it was evaluated."""
EXPRESSION = "{{ " + ESCAPE + " }}"
TOUCH = "import pathlib\npathlib.Path.home().joinpath('ran').touch()\n"
PLAIN = {"{{cookiecutter.name}}/a.txt": "a"}

# variables, files, and what the refusal lists
CODE: dict[str, tuple[Mapping[str, Any], Mapping[str, str], str]] = {
    "an expression in a file": (
        {"name": "x"},
        {"{{cookiecutter.name}}/a.txt": EXPRESSION},
        "expressions in files: {{cookiecutter.name}}/a.txt",
    ),
    "an expression in a file name": (
        {"name": "x"},
        {"{{cookiecutter.name}}/{{ cycler.__init__.__globals__.os.system('touch ran') }}.txt": "a"},
        "expressions in file names: {{cookiecutter.name}}, {{cookiecutter.name}}/{{ cycler",
    ),
    "an expression in the name of the project": (
        {"name": "x"},
        {"{{cookiecutter.name~cycler.__init__.__globals__.os.system('touch ran')}}/a.txt": "a"},
        "expressions in file names: {{cookiecutter.name~cycler",
    ),
    "an expression in a default": (
        {"name": EXPRESSION},
        PLAIN,
        "expressions in defaults: cookiecutter.json: name",
    ),
    "an expression in a choice": (
        {"name": ["x", EXPRESSION]},
        PLAIN,
        "expressions in defaults: cookiecutter.json: name",
    ),
    "an expression in a key": (
        {"name": "x", "more": {EXPRESSION: {"a": []}}},
        PLAIN,
        "expressions in defaults: cookiecutter.json: more",
    ),
    "an expression in a hidden default": (
        {"name": "x", "__more": [EXPRESSION]},
        PLAIN,
        "expressions in defaults: cookiecutter.json: __more",
    ),
    "an expression behind other delimiters": (
        {"name": "x", "_jinja2_env_vars": {"variable_start_string": "<<", "variable_end_string": ">>"}},
        {"<<cookiecutter.name>>/a.txt": "<< " + ESCAPE + " >>"},
        "expressions in files: <<cookiecutter.name>>/a.txt",
    ),
    "a line that is a statement": (
        {"name": "x", "_jinja2_env_vars": {"line_statement_prefix": "%"}},
        {"{{cookiecutter.name}}/a.txt": "% set x = " + ESCAPE + "\n"},
        "settings of Jinja: cookiecutter.json: line_statement_prefix",
    ),
    "an expression in a part": (
        {"name": "x"},
        {"{{cookiecutter.name}}/a.txt": "{% include 'part' %}", "templates/part": EXPRESSION},
        "expressions in files: templates/part, {{cookiecutter.name}}/a.txt",
    ),
    "a first hook": ({"name": "x"}, {**PLAIN, "hooks/pre_prompt.py": TOUCH}, "hooks: hooks/pre_prompt.py"),
    "a hook before": (
        {"name": "x"},
        {**PLAIN, "hooks/pre_gen_project.sh": "#!/bin/sh\ntouch $HOME/ran\n"},
        "hooks: hooks/pre_gen_project.sh",
    ),
    "a hook after": ({"name": "x"}, {**PLAIN, "hooks/post_gen_project.py": TOUCH}, "hooks: hooks/post_gen_project.py"),
    "an extension of its own": (
        {"name": "x", "_extensions": ["own.Extension"]},
        {**PLAIN, "own.py": TOUCH + "from jinja2.ext import Extension\n"},
        "extensions of Jinja: own.Extension (own.py)",
    ),
    "an extension in a folder of its own": (
        {"name": "x", "_extensions": ["own.code.Extension"]},
        {**PLAIN, "own/__init__.py": TOUCH, "own/code.py": "from jinja2.ext import Extension\n"},
        "extensions of Jinja: own.code.Extension (own)",
    ),
    "a nested skeleton": (
        {"templates": {"one": {"path": "deep/one"}}},
        {
            "deep/one/cookiecutter.json": '{"name": "x"}',
            "deep/one/{{cookiecutter.name}}/a.txt": "a",
            "deep/one/hooks/post_gen_project.py": TOUCH,
        },
        "hooks: deep/one/hooks/post_gen_project.py",
    ),
}


def as_folder(_: Any, folder: Path) -> str:
    return str(folder)


def as_zip(place: Any, folder: Path) -> str:
    return str(place.zipped(folder))


def as_repository(place: Any, folder: Path) -> str:
    url: str = place.committed(folder)
    return url


def unchanged(place: Any) -> bool:
    return place.left_behind() == [] and list(place.here.iterdir()) == []


FETCHED = ["an expression in a default", "a first hook", "an extension of its own"]  # the rest is the same from here on


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, as_folder) for name in CODE), *((name, form) for name in FETCHED for form in (as_zip, as_repository))],
)
def test_nothing_runs_without_trust(name: str, form: Callable[[Any, Path], str], place: Any, require_tool: Any) -> None:
    require_tool("git")
    variables, files, listed = CODE[name]
    folder = place.skeleton(files, variables)
    outcome = place.init("--skeleton", form(place, folder), "--no-input")
    assert outcome.exit_code == 4, outcome.stderr
    assert listed in outcome.stderr
    assert "--trust" in outcome.stderr
    assert unchanged(place)


@pytest.mark.parametrize("name", FETCHED)
def test_a_dry_run_lists_the_same_and_runs_nothing(name: str, place: Any) -> None:
    variables, files, listed = CODE[name]
    outcome = place.init("--skeleton", place.skeleton(files, variables), "--dry-run", "--trust")
    assert outcome.exit_code == 0, outcome.stderr
    assert listed in outcome.stdout
    assert unchanged(place)


@pytest.mark.parametrize("name", CODE)
def test_it_would_have_run(name: str, place: Any) -> None:
    """The cases above are real: with --trust, each leaves its mark."""
    variables, files, _ = CODE[name]
    place.init("--skeleton", place.skeleton(files, variables), "--no-input", "--trust")
    assert (place.home / "ran").exists() or (place.here / "ran").exists()


def test_the_refusal_is_a_document_and_names_the_version(place: Any, require_tool: Any) -> None:
    require_tool("git")
    variables, files, _ = CODE["a hook after"]
    folder = place.skeleton(files, variables)
    hashed = place.init("--skeleton", folder, "--format", "json").document["error"]
    assert hashed["code"] == "unsafe-input"
    assert "(sha256 " in hashed["message"]
    assert hashed["message"] == place.init("--skeleton", folder, "--format", "json").document["error"]["message"]
    (folder / "hooks" / "post_gen_project.py").write_text(TOUCH + "\n")
    assert hashed["message"] != place.init("--skeleton", folder, "--format", "json").document["error"]["message"]
    url = place.committed(folder)
    commit = place.git(folder, "rev-parse", "HEAD").strip()
    error = place.init("--skeleton", url, "--format", "json").document["error"]
    assert f"(commit {commit})" in error["message"]
    assert f"--checkout {commit}" in error["hint"]
    looked = place.init("--skeleton", url, "--dry-run", "--format", "json").document
    assert looked["version"] == f"commit {commit}"
    assert looked["runs"]["hooks"] == ["hooks/post_gen_project.py"]
    assert looked["asks"] == {"name": "x"}


def test_what_was_read_is_what_is_pinned(place: Any, require_tool: Any) -> None:
    require_tool("git")
    folder = place.skeleton(PLAIN, {"name": "x"})
    url = place.committed(folder)
    commit = place.git(folder, "rev-parse", "HEAD").strip()
    (folder / "{{cookiecutter.name}}" / "a.txt").write_text(EXPRESSION)
    place.git(folder, "add", "--all")
    place.commit(folder, "Changed since")
    arguments = ["--skeleton", url, "--no-input", "--trust", "--checkout", commit]
    assert place.init(*arguments).exit_code == 0
    assert (place.here / "x" / "a.txt").read_text() == "a"
    assert not (place.home / "ran").exists()


@pytest.mark.parametrize(
    ("variables", "files", "answers"),
    [
        ({"name": "../escaped"}, PLAIN, []),
        ({"name": "x"}, PLAIN, ["name=../escaped"]),
        ({"name": "x"}, PLAIN, ["name=/escaped/x"]),
        ({"name": "x"}, PLAIN, ["name=a/../../escaped"]),
        ({"name": "x", "file": "y"}, {"{{cookiecutter.name}}/{{cookiecutter.file}}": "a"}, ["file=../../escaped"]),
        ({"name": "x", "file": "y"}, {"{{cookiecutter.name}}/{{cookiecutter.file}}/b": "a"}, ["file=../../escaped"]),
        ({"name": "x", "file": "y"}, {"{{cookiecutter.name}}/{{cookiecutter.file}}": "a"}, ["file=/escaped"]),
        (
            {"name": "x", "file": "y", "_copy_without_render": ["*"]},
            {"{{cookiecutter.name}}/{{cookiecutter.file}}/b": "a"},
            ["file=../../escaped"],
        ),
        ({"templates": {"one": {"path": "../outside"}}}, PLAIN, []),
        ({"template": ["One (../outside)"]}, PLAIN, []),
    ],
)
def test_names_and_nested_skeletons_stay_inside(
    variables: Mapping[str, Any], files: Mapping[str, str], answers: list[str], place: Any
) -> None:
    place.skeleton({"{{cookiecutter.other}}/a.txt": EXPRESSION}, {"other": "x"}, "outside")
    before = sorted(path.name for path in place.top.iterdir())
    folder = place.skeleton(files, variables)
    given = [part for answer in answers for part in ("--var", answer)]
    outcome = place.init("--skeleton", folder, "--no-input", "--trust", *given)
    assert outcome.exit_code == 4, outcome.stderr
    assert "outside the" in outcome.stderr
    assert unchanged(place)
    assert sorted([*before, "skeleton"]) == sorted(path.name for path in place.top.iterdir())


def test_answers_are_data(place: Any) -> None:
    """What cookiecutter itself would render: an answer from a script may come from anyone."""
    folder = place.skeleton(
        {"{{cookiecutter.name}}/a.txt": "{{ cookiecutter.title }} {{ cookiecutter.late }} {{ _cookiecutter.title }}"},
        {"name": "x", "title": "y", "late": "{{ cookiecutter.title }}", "more": {"a": "b"}},
    )
    title = EXPRESSION + " {% raw %} \"'\\ 😀 {#"
    more = json.dumps({"a": EXPRESSION})
    made = place.init("--skeleton", folder, "--no-input", "--trust", "--var", f"title={title}", "--var", f"more={more}")
    assert made.exit_code == 0, made.stderr
    assert (place.here / "x" / "a.txt").read_text() == f"{title} {title} {title}"
    replay = place.top / "replay.json"
    replay.write_text(json.dumps({"cookiecutter": {"name": "again", "title": title, "_extensions": ["own.Code"]}}))
    (folder / "own.py").write_text(TOUCH)
    again = place.init("--skeleton", folder, "--trust", "--replay", replay)
    assert again.exit_code == 0, again.stderr
    assert (place.here / "again" / "a.txt").read_text() == f"{title} {title} {title}"
    assert not (place.home / "ran").exists()


def test_the_name_of_the_new_folder_is_data(place: Any) -> None:
    outcome = place.init(EXPRESSION.replace("/", ""), "--no-input")
    assert outcome.exit_code == 0, outcome.stderr
    assert not (place.home / "ran").exists()
    (made,) = place.here.iterdir()
    assert EXPRESSION.replace("/", "") in (made / "modelpress.yaml").read_text()


def test_a_working_folder_that_looks_like_a_template(place: Any) -> None:
    odd = place.here / "{{ 1 + 1 }}"
    odd.mkdir()
    outcome = place.init(odd / "made", "--no-input")
    assert outcome.exit_code == 2
    assert "would be taken for a template" in outcome.stderr
    assert list(odd.iterdir()) == []


@pytest.mark.parametrize("target", ["/etc/hostname", "../../secret", "../../secret.d"])
def test_links_that_leave_the_skeleton(target: str, place: Any, require_tool: Any) -> None:
    require_tool("git")
    (place.top / "secret").write_text("secret")
    (place.top / "secret.d").mkdir()
    folder = place.skeleton({**PLAIN, "{{cookiecutter.name}}/link": Path(target)}, {"name": "x"})
    for form in (as_folder, as_repository):
        outcome = place.init("--skeleton", form(place, folder), "--no-input", "--trust")
        assert outcome.exit_code == 4, outcome.stderr
        assert "the symlink {{cookiecutter.name}}/link leads outside the skeleton" in outcome.stderr
        assert unchanged(place)


def test_what_is_no_file(place: Any) -> None:
    folder = place.skeleton(PLAIN, {"name": "x"})
    os.mkfifo(folder / "{{cookiecutter.name}}" / "pipe")
    outcome = place.init("--skeleton", folder, "--no-input", "--trust")
    assert outcome.exit_code == 4
    assert unchanged(place)


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (("../../escaped", b"a"), "'../../escaped', which would be written outside"),
        (("/escaped", b"a"), "'/escaped', which would be written outside"),
        (("skeleton/..\\escaped", b"a"), "which would be written outside"),
        (link("skeleton/link", "/etc"), "the symlink 'skeleton/link'"),
    ],
)
def test_zips_that_write_elsewhere(member: tuple[Any, bytes], said: str, place: Any) -> None:
    path = place.top / "skeleton.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("skeleton/cookiecutter.json", '{"name": "x"}')
        archive.writestr("skeleton/{{cookiecutter.name}}/a.txt", "a")
        archive.writestr(*member)
    outcome = place.init("--skeleton", path, "--no-input", "--trust")
    assert outcome.exit_code == 4, outcome.stderr
    assert said in outcome.stderr
    assert unchanged(place)
    assert not (place.top / "escaped").exists()


def test_a_zip_that_unpacks_without_end(place: Any) -> None:
    path = place.top / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("skeleton/cookiecutter.json", '{"name": "x"}')
        with archive.open("skeleton/{{cookiecutter.name}}", "w", force_zip64=True) as member:
            for _ in range(1100):
                member.write(bytes(1 << 20))
    outcome = place.init("--skeleton", path, "--no-input", "--trust")
    assert outcome.exit_code == 4, outcome.stderr
    assert "times its size" in outcome.stderr
    assert unchanged(place)


@pytest.mark.parametrize(
    "address",
    [
        "--upload-pack=touch ran",
        "-x.git",
        "https://-oProxyCommand=touch/x.git",
        "ssh://-oProxyCommand=touch/x.git",
        "ssh://-user@computer/x.git",
        "git@-oProxyCommand=touch:x.git",
        "git@computer:-x",
        "ext::sh -c touch% ran",
        "fd::17",
        "http://computer/x.git",
        "git://computer/x.git",
        "ftp://computer/x.git",
        "hg+https://computer/x",
        "https://computer/x\n.git",
    ],
)
def test_addresses_that_git_is_not_given(address: str, place: Any) -> None:
    outcome = place.init(f"--skeleton={address}", "--no-input", "--trust", PATH=str(place.top))
    assert outcome.exit_code == 4, outcome.stderr
    assert unchanged(place)


@pytest.mark.parametrize("ref", ["--upload-pack=x", "-b"])
def test_a_checkout_that_is_an_option(ref: str, place: Any, require_tool: Any) -> None:
    require_tool("git")
    url = place.committed(place.skeleton(PLAIN, {"name": "x"}))
    outcome = place.init("--skeleton", url, f"--checkout={ref}", "--no-input", "--trust")
    assert outcome.exit_code == 4
    assert unchanged(place)


def test_an_abbreviation_that_becomes_an_option(place: Any) -> None:
    settings = place.top / "settings.yaml"
    settings.write_text("abbreviations: {x: '--upload-pack={0}'}\n")
    outcome = place.init("--skeleton", "x:touch", "--trust", COOKIECUTTER_CONFIG=str(settings))
    assert outcome.exit_code == 4
    assert unchanged(place)


def test_cloning_runs_no_hook_and_no_filter_and_fetches_no_submodule(place: Any, require_tool: Any) -> None:
    require_tool("git")
    mark = f"touch {place.home}/ran; cat"
    hooks = place.top / "hooks"
    for folder in (hooks, place.top / "template" / "hooks"):
        folder.mkdir(parents=True)
        (folder / "post-checkout").write_text(f"#!/bin/sh\n{mark}\n")
        (folder / "post-checkout").chmod(0o755)
    other = place.skeleton(PLAIN, {"name": "x"}, "other")
    place.committed(other)
    folder = place.skeleton({**PLAIN, ".gitattributes": "* filter=mark\n"}, {"name": "x"})
    place.committed(folder)
    place.git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.as_uri(), "sub")
    place.commit(folder, "With a submodule")
    settings = place.top / "gitconfig"
    settings.write_text(
        f'[core]\nhooksPath = {hooks}\n[init]\ntemplateDir = {place.top}/template\n[filter "mark"]\nsmudge = {mark}\n'
        "[submodule]\nrecurse = true\n[protocol]\nallow = always\n"
    )
    there = {"GIT_CONFIG_GLOBAL": str(settings), "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(place.home)}
    outcome = place.init("--skeleton", folder.as_uri(), "--no-input", "--trust", **there)
    assert outcome.exit_code == 0, outcome.stderr
    assert (place.here / "x" / "a.txt").read_text() == "a"
    assert place.left_behind() == []


def test_no_token_is_printed_or_written(place: Any, require_tool: Any) -> None:
    require_tool("git")
    settings = place.top / "gitconfig"
    url = place.committed(place.skeleton({"{{cookiecutter.name}}/a": "{{ cookiecutter | jsonify }}"}, {"name": "x"}))
    settings.write_text(f'[url "{url}"]\ninsteadOf = file://user:t0ken@nowhere/there\n')
    arguments = ["--skeleton", "file://user:t0ken@nowhere/there", "--no-input", "--trust", "--format", "json"]
    made = place.init(*arguments, GIT_CONFIG_GLOBAL=str(settings))
    assert made.exit_code == 0, made.stderr
    assert '"_template": "file://nowhere/there"' in (place.here / "x" / "a").read_text()
    missing = place.init("--skeleton", "https://user:t0ken@localhost:1/there.git", "--trust")
    assert missing.exit_code == 6
    assert "https://localhost:1/there.git cannot be fetched" in missing.stderr
    assert "t0ken" not in made.stdout + made.stderr + missing.stdout + missing.stderr
    assert not any("t0ken" in path.read_text() for path in place.here.rglob("*") if path.is_file())


def test_hooks_do_not_see_secrets(place: Any) -> None:
    hook = "import os\nopen('seen', 'w').write(' '.join(os.environ))\n"
    folder = place.skeleton({**PLAIN, "hooks/post_gen_project.py": hook}, {"name": "x"})
    secrets = {"MY_TOKEN": "t0ken", "AZURE_CLIENT_SECRET": "t0ken"}
    outcome = place.init("--skeleton", folder, "--no-input", "--trust", **secrets)
    assert outcome.exit_code == 0, outcome.stderr
    seen = (place.here / "x" / "seen").read_text().split()
    assert "HOME" in seen
    assert not secrets.keys() & set(seen)


def test_interrupted_at_a_question_nothing_is_left(place: Any) -> None:
    command = [sys.executable, "-m", "modelpress", "init"]
    asked = subprocess.Popen(
        command,
        cwd=place.here,
        env=place.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = ""
    while "Name of the project" not in said:
        said += asked.stderr.read(1)
    os.killpg(asked.pid, signal.SIGINT)
    out, err = asked.communicate(timeout=60)
    assert asked.returncode == 130
    assert out == ""
    assert err.endswith("error: interrupted; nothing was left half-written\nhint: Run the command again.\n")
    assert "Traceback" not in err
    assert unchanged(place)


def test_killed_in_a_hook_nothing_is_left(place: Any) -> None:
    hook = "import os, pathlib, signal, time\npathlib.Path('begun').touch()\nos.kill(os.getppid(), signal.SIGKILL)\n"
    folder = place.skeleton({**PLAIN, "hooks/pre_gen_project.py": hook}, {"name": "x"})
    outcome = place.init("made", "--skeleton", folder, "--no-input", "--trust")
    assert outcome.exit_code == 1
    assert "ended early" in outcome.stderr
    assert unchanged(place)


def test_killed_with_its_child_the_next_one_tidies_up(place: Any) -> None:
    hook = (
        "import os, pathlib, signal\nme = pathlib.Path(f'/proc/{os.getppid()}/stat').read_text()\n"
        "os.kill(int(me.rsplit(')')[-1].split()[1]), signal.SIGKILL)\n"
    )
    folder = place.skeleton({**PLAIN, "hooks/pre_gen_project.py": hook}, {"name": "x"})
    killed = place.init("made", "--skeleton", folder, "--no-input", "--trust")
    assert killed.exit_code == -9
    assert not (place.here / "made").exists()
    (folder / "hooks" / "pre_gen_project.py").unlink()
    outcome = place.init("made", "--skeleton", folder, "--no-input", "--trust")
    assert outcome.exit_code == 0, outcome.stderr
    assert [path.name for path in place.here.iterdir()] == ["made"]
