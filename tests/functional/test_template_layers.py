"""Layers through the real command: where files come from, what wins, what works offline, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MODEL = Path(__file__).parents[2] / "examples/single-model/model.onnx"
SSH = """#!/bin/sh
shift
exec sh -c "$*"
"""  # the computer that it would go to is this one

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in for ssh is a shell script")


@dataclass(frozen=True)
class Place:
    top: Path

    def write(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def repository(self, name: str, files: Mapping[str, str]) -> tuple[str, str]:
        """A repository with one commit: its address and the commit."""
        self.write({f"{name}/{path}": content for path, content in files.items()})
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "First")):
            subprocess.run(["git", *identity, *command], cwd=self.top / name, check=True)
        commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=self.top / name, text=True).strip()
        return f"ssh://computer{self.top / name}", commit

    def zip(self, name: str, files: Mapping[str, str]) -> str:
        with zipfile.ZipFile(self.top / name, "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        return hashlib.sha256((self.top / name).read_bytes()).hexdigest()

    def configure(self, *layers: object) -> None:
        self.write({"modelpress.yaml": json.dumps({"templates": layers, "render": {"golden": False}})})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MODELPRESS_", "GIT_"))}
        ssh = {"GIT_SSH_COMMAND": str(self.top / "ssh.sh"), "GIT_SSH_VARIANT": "simple"}
        places = {"XDG_CACHE_HOME": str(self.top / "cache"), "HOME": str(self.top / "home"), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "modelpress", *arguments]
        environment = {**kept, **ssh, **places}
        return subprocess.run(command, cwd=self.top, env=environment, capture_output=True, text=True, check=False)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--format", "json")
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)


@pytest.fixture
def place(tmp_path: Path, require_tool: Callable[[str], str]) -> Place:
    require_tool("git")
    made = Place(tmp_path)
    made.write({"ssh.sh": SSH, "home/.gitconfig": ""})
    (tmp_path / "ssh.sh").chmod(0o700)
    shutil.copyfile(MODEL, tmp_path / "model.onnx")
    return made


BLOCK = '{{% extends "readme:README.md.jinja" %}}{{% block {0} %}}{1}\n{{% endblock %}}'
RENDER = ("render", "model.onnx", "-t", "readme", "-t", "candidate", "-t", "org", "-o", "deploy")


@pytest.fixture
def layered(place: Place) -> Place:
    """A project, a team and an organisation, each with a change of the README; the organisation adds a set."""
    sha256 = place.zip("team.zip", {"sets/readme/README.md.jinja": BLOCK.format("run", "As the team runs it.")})
    address, commit = place.repository(
        "org",
        {
            "readme/README.md.jinja": BLOCK.format("provenance", "Released by the organisation."),
            "org/template-set.yaml": "variables: {level: {type: choice, choices: [low, high], default: low}}",
            "org/POLICY.md.jinja": "{{ settings.org.level | md }}\n",
            "candidate/template-set.yaml": "remove: model/model_info.json",
        },
    )
    place.write({"templates/readme/README.md.jinja": BLOCK.format("about", "Ours.")})
    team = {"zip": "team.zip", "sha256": sha256, "path": "sets"}
    place.configure("templates", team, {"git": address, "commit": commit, "name": "organisation"})
    return place


def test_four_layers_make_one_project(layered: Place) -> None:
    done = layered.run(*RENDER, "--var", "org.level=high")
    assert done.returncode == 0, done.stderr
    readme = (layered.top / "deploy/README.md").read_text()
    for line in ("Ours.", "As the team runs it.", "Released by the organisation.", "## Files of the model"):
        assert line in readme
    assert (layered.top / "deploy/POLICY.md").read_text() == "high\n"
    assert (layered.top / "deploy/model/inference_config.json").exists()
    assert not (layered.top / "deploy/model/model_info.json").exists()


def test_every_file_and_block_has_its_layer(layered: Place) -> None:
    origin = layered.json("templates", "which", "README.md")
    assert [file["layer"] for file in origin["files"]] == ["project", "team", "organisation", "built-in"]
    layers = {file["path"]: file["layer"] for file in origin["files"]}
    blocks = {block: layers[path] for block, path in origin["blocks"].items()}
    changed = {"about": "project", "run": "team", "provenance": "organisation"}
    assert blocks == {**dict.fromkeys(blocks, "built-in"), **changed}
    listed = {one["name"]: one["layer"] for one in layered.json("templates", "list")}
    assert (listed["org"], listed["candidate"], listed["samples"]) == ("organisation", "organisation", "built-in")


def test_what_was_fetched_once_renders_offline_to_the_same_bytes(layered: Place) -> None:
    assert layered.run(*RENDER).returncode == 0
    for name in ("org", "team.zip", "ssh.sh"):
        (layered.top / name).rename(layered.top / f"{name}.gone")
    again = layered.run(*RENDER[:-1], "again")
    assert again.returncode == 0, again.stderr
    for path in ("README.md", "POLICY.md"):
        assert (layered.top / "again" / path).read_bytes() == (layered.top / "deploy" / path).read_bytes()


def test_a_layer_that_cannot_be_reached_is_a_remote_failure(layered: Place) -> None:
    shutil.rmtree(layered.top / "org")
    done = layered.run(*RENDER)
    assert done.returncode == 6
    assert "cannot be fetched" in done.stderr
    assert "hint: Look at the address" in done.stderr
    assert not (layered.top / "deploy").exists()


def test_variables_of_a_layer_are_typed(layered: Place) -> None:
    done = layered.run(*RENDER, "--var", "org.level=medium")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: org.level: expected one of low, high")


def test_a_path_that_several_sets_have_needs_the_set(place: Place) -> None:
    place.write({f"templates/{name}/template-set.yaml": "" for name in ("one", "two")})
    place.write({f"templates/{name}/NOTES.md": "" for name in ("one", "two")})
    place.configure("templates")
    done = place.run("templates", "which", "NOTES.md")
    assert (done.returncode, "one, two" in done.stderr) == (2, True)
    assert place.json("templates", "which", "two", "NOTES.md")["set"] == "two"
    assert place.run("templates", "which", "NOTHING.md").returncode == 2
    assert place.run("templates", "which", "one", "two", "NOTES.md").returncode == 2


def test_a_set_is_begun_changed_and_tested(place: Place) -> None:
    place.write({"templates/_shared/x": ""})
    place.configure("templates")
    assert place.json("templates", "new", "notes", "--dry-run")["path"].endswith("/templates/notes")
    assert not (place.top / "templates/notes").exists()
    assert place.json("templates", "new", "notes")["files"][-1] == "template-set.yaml"
    assert place.run("templates", "new", "notes").returncode == 2
    assert place.json("templates", "test", "notes") == {"passed": ["notes:first"], "findings": []}
    place.write({"templates/notes/notes.md.jinja": "changed\n"})
    failed = place.run("templates", "test", "notes")
    assert (failed.returncode, "+changed" in failed.stderr) == (3, True)
    assert place.json("templates", "test", "notes", "--update") == {"updated": ["notes:first"]}
    assert place.run("templates", "test", "notes").returncode == 0


def test_check_and_list_tell_of_broken_sets(place: Place) -> None:
    place.write({"templates/broken/template-set.yaml": "variables: [", "templates/sound/template-set.yaml": ""})
    place.configure("templates")
    listed = place.run("templates", "list")
    assert listed.returncode == 0
    assert "warning: the template set broken cannot be used" in listed.stderr
    assert place.run("templates", "check", "sound").returncode == 0
    done = place.run("templates", "check", "broken")
    assert (done.returncode, "not valid YAML" in done.stderr) == (2, True)


def test_expectations_of_others_are_theirs(place: Place) -> None:
    sha256 = place.zip("org.zip", {"org/template-set.yaml": "", "org/_tests/one/case.yaml": "", "org/a.txt": "a"})
    place.configure({"zip": "org.zip", "sha256": sha256})
    done = place.run("templates", "test", "org", "--update")
    assert (done.returncode, "was fetched from elsewhere" in done.stderr) == (2, True)
