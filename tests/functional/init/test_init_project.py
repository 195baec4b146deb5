"""The built-in skeleton: what `modelpress init` makes is ready to work, and what it says about itself is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelpress.config.settings import resolve_settings
from modelpress.version import __version__

FILES = [
    ".gitattributes",
    ".github/workflows/deploy.yml",
    ".gitignore",
    "Makefile",
    "README.md",
    "azure-pipelines.yml",
    "modelpress.yaml",
    "requirements.txt",
    "templates/README.md",
    "tests/test_project.py",
]
DESTINATIONS = ["azure-online", "azure-batch", "nothing"]
HOSTILE = "{{ 1 + 1 }} \"quoted\" 'it' # {% raw %} <b> | *x* 😀: é"


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def python_only(place: Any) -> str:
    """A PATH with this Python and nothing to build samples of other languages with."""
    folder = place.top / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "python3").unlink(missing_ok=True)
    (folder / "python3").symlink_to(sys.executable)
    return str(folder)


def test_without_a_source(place: Any) -> None:
    outcome = place.init("made", "--no-input", "--format", "json")
    assert outcome.exit_code == 0, outcome.stderr
    assert files_of(place.here / "made") == FILES
    assert place.left_behind() == []
    assert outcome.document == {
        "path": "made",
        "skeleton": {"from": "the built-in skeleton", "version": f"modelpress {__version__}"},
        "candidate": None,
        "cookiecutter": {
            "project_name": "made",
            "description": "",
            "source": "",
            "deploy_to": "azure-online",
            "large_files": "git-lfs",
        },
        "warnings": [],
    }
    settings = resolve_settings({}, {}, place.here / "made" / "modelpress.yaml")
    assert settings.configuration.source is None
    assert settings.configuration.project.name == "made"


@pytest.mark.parametrize("deploy_to", DESTINATIONS)
def test_its_tests_pass_as_generated(deploy_to: str, place: Any, run_folder: Path) -> None:
    outcome = place.init(
        "work/made", "--no-input", "--var", f"source={run_folder.name}", "--var", f"deploy_to={deploy_to}"
    )
    assert outcome.exit_code == 0, outcome.stderr
    made = place.here / "work" / "made"
    assert [name for name in files_of(made) if not name.startswith("deploy/")] == FILES
    assert {"model", "golden", "samples", "README.md", "modelpress.lock"} <= {
        path.name for path in (made / "deploy").iterdir()
    }
    assert (made / "deploy" / "scoring").exists() == (deploy_to != "nothing")
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=made,
        env=place.environment(PATH=python_only(place), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    assert "3 passed" in tested.stdout


def test_its_tests_find_a_broken_project(place: Any, run_folder: Path) -> None:
    assert place.init("made", "--no-input", "--var", f"source={run_folder.name}").exit_code == 0
    golden = place.here / "made" / "deploy" / "golden" / "golden.json"
    document = json.loads(golden.read_text())
    document["outputs"][0]["data"][0] += 1
    golden.write_text(json.dumps(document))
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=place.here / "made",
        env=place.environment(PATH=python_only(place)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 1
    assert "check failed" in tested.stdout


def test_its_makefile_renders_and_verifies(place: Any, run_folder: Path, require_tool: Any) -> None:
    make = require_tool("make")
    assert place.init("made", "--no-input", "--var", f"source={run_folder.name}").exit_code == 0
    made = place.here / "made"
    before = {name: (made / name).read_bytes() for name in files_of(made)}
    done = place.run(make, "-C", made, "render", "verify", f"PYTHON={sys.executable}", PATH=python_only(place))
    assert done.exit_code == 0, done.stdout + done.stderr
    assert {name: (made / name).read_bytes() for name in files_of(made)} == before
    elsewhere = place.run(make, "-C", made, "render", "DEPLOY=rendered", f"PYTHON={sys.executable}")
    assert elsewhere.exit_code == 0, elsewhere.stderr
    assert files_of(made / "rendered") == files_of(made / "deploy")


@pytest.mark.parametrize("deploy_to", DESTINATIONS)
def test_its_workflows_are_valid(deploy_to: str, place: Any) -> None:
    assert place.init("made", "--no-input", "--var", f"deploy_to={deploy_to}").exit_code == 0
    made = place.here / "made"
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    azure = ["--data-transform", "azure-pipelines", "--regex-variant", "nonunicode", made / "azure-pipelines.yml"]
    github = made / ".github" / "workflows" / "deploy.yml"
    for arguments in (["vendor.github-workflows", github], ["vendor.azure-pipelines", *azure]):
        done = place.run(*check, *arguments)
        assert done.exit_code == 0, done.stdout
    jobs = yaml.safe_load(github.read_text())["jobs"]
    stages = {one["stage"]: one for one in yaml.safe_load((made / "azure-pipelines.yml").read_text())["stages"]}
    assert jobs.keys() == stages.keys() == {"render", "verify"} | ({"deploy"} if deploy_to != "nothing" else set())
    if deploy_to != "nothing":
        assert jobs["deploy"]["environment"] == "production"
        assert jobs["deploy"]["needs"] == stages["deploy"]["dependsOn"] == ["render", "verify"]
        assert stages["deploy"]["jobs"][0]["environment"] == "production"
    targets = {line.split(":")[0] for line in (made / "Makefile").read_text().splitlines() if ":" in line}
    for text in (github.read_text(), (made / "azure-pipelines.yml").read_text()):
        called = {word for line in text.splitlines() if "make " in line for word in line.split("make ")[1].split()}
        assert {word for word in called if "=" not in word} <= targets


def test_any_text_is_an_answer(place: Any, run_folder: Path) -> None:
    answers = [f"{name}={HOSTILE}" for name in ("project_name", "description")]
    given = [part for answer in [*answers, f"source={run_folder.name}"] for part in ("--var", answer)]
    assert place.init("made", "--no-input", *given).exit_code == 0
    made = place.here / "made"
    project = resolve_settings({}, {}, made / "modelpress.yaml").configuration.project
    assert (project.name, project.description) == (HOSTILE, HOSTILE)
    assert "&#60;b&#62;" in (made / "README.md").read_text()


def test_large_files_are_kept_in_git_lfs_byte_for_byte(place: Any, run_folder: Path, require_tool: Any) -> None:
    require_tool("git")
    for choice in ("git-lfs", "git"):
        given = ["--var", f"source={run_folder.name}", "--var", f"large_files={choice}"]
        assert place.init(choice, "--no-input", *given).exit_code == 0
        made = place.here / choice
        place.git(made, "init", "--quiet")
        names = ["deploy/model/model.onnx", "deploy/golden/inputs.npz", "deploy/model/metrics.json", "deploy/README.md"]
        found = place.git(made, "check-attr", "filter", "text", "--", *names).splitlines()
        filters = [line.split(": ")[2] for line in found if ": filter: " in line]
        texts = [line.split(": ")[2] for line in found if ": text: " in line]
        assert filters == (["lfs", "lfs"] if choice == "git-lfs" else ["unspecified"] * 2) + ["unspecified"] * 2
        assert texts == ["unset"] * 4


def test_the_same_answers_give_the_same_bytes(place: Any, run_folder: Path) -> None:
    made = place.init("made", "--no-input", "--var", f"source={run_folder.name}", "--format", "json")
    answers = place.top / "answers.json"
    answers.write_text(made.stdout)
    os.rename(place.here / "made", place.top / "first")  # noqa: PTH104  # both are in one folder
    again = place.init("made", "--replay", answers)
    assert again.exit_code == 0, again.stderr
    assert place.snapshot(place.here / "made") == place.snapshot(place.top / "first")


def test_questions_are_asked_on_standard_error(place: Any) -> None:
    answers = "My project\nFor tests\n\n3\n2\n"
    outcome = place.init("--format", "json", answers=answers)
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.document["path"] == "my-project"
    assert outcome.document["cookiecutter"] == {
        "project_name": "My project",
        "description": "For tests",
        "source": "",
        "deploy_to": "nothing",
        "large_files": "git",
    }
    assert "Where the winner is deployed to" in outcome.stderr
    assert (place.here / "my-project" / "modelpress.yaml").exists()


def test_a_source_that_cannot_be_used_leaves_nothing(place: Any) -> None:
    outcome = place.init("made", "--no-input", "--var", "source=nowhere")
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("error: nowhere: cannot be read: No such file or directory\n")
    assert list(place.here.iterdir()) == []


def test_a_source_of_the_environment_is_of_this_computer(place: Any, run_folder: Path) -> None:
    outcome = place.init("made", "--no-input", MODELPRESS_SOURCE=run_folder.name)
    assert outcome.exit_code == 0, outcome.stderr
    assert (place.here / "made" / "deploy" / "modelpress.lock").exists()
    assert "source: " not in (place.here / "made" / "modelpress.yaml").read_text().replace("# source: ", "")


def test_an_empty_folder_is_filled_and_any_other_is_left(place: Any) -> None:
    (place.here / "empty").mkdir()
    assert place.init("empty", "--no-input").exit_code == 0
    assert files_of(place.here / "empty") == FILES
    again = place.init("empty", "--no-input")
    assert (again.exit_code, again.stderr) == (
        1,
        "error: empty is not empty\nhint: Give a new folder: nothing that exists is touched.\n",
    )
    named = place.init("--no-input", "--var", "project_name=Empty")
    assert named.exit_code == 1
    assert named.stderr == again.stderr
    assert place.init(".", "--no-input").exit_code == 1
    assert [path.name for path in place.here.iterdir()] == ["empty"]


def test_a_dry_run_writes_nothing(place: Any) -> None:
    outcome = place.init("made", "--dry-run", "--format", "json")
    assert outcome.exit_code == 0
    assert list(outcome.document["asks"]) == ["project_name", "description", "source", "deploy_to", "large_files"]
    assert list(place.here.iterdir()) == []
    assert json.loads(outcome.stdout)["runs"]["hooks"] == []
