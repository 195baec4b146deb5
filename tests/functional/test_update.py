"""`status` and `update`, run as users run them, on projects that `render` and `init` made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelpress.bundle import LOCK_NAME
from modelpress.cli.main import modelpress
from modelpress.packaging.base import BASE_NAME
from modelpress.packaging.provenance import checksum

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTES = """# {{ project.name | md }}

{% block about %}
The candidate is {{ candidate.id | md }}.
{% endblock %}

The end.
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_tool: Callable[[str], str]) -> Path:
    """A working folder with a listing of three candidates in it, where no setting of the tester's has a say."""
    require_tool("git")
    for name in [name for name in os.environ if name.startswith(("MODELPRESS_", "GIT_"))]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    here = tmp_path / "repository"
    here.mkdir()
    shutil.copytree(EXAMPLES / "listing", here / "run")
    (here / "ours" / "notes").mkdir(parents=True)
    (here / "ours" / "notes" / "template-set.yaml").write_text(
        "description: Notes.\nvariables:\n  audience: {type: str, default: all, help: Whom.}\n"
    )
    (here / "ours" / "notes" / "NOTES.md.jinja").write_text(NOTES)
    monkeypatch.chdir(here)
    return here


def run(*arguments: object) -> Result:
    return CliRunner().invoke(modelpress, [str(argument) for argument in arguments])


def run_json(*arguments: object, exit_code: int = 0) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == exit_code, result.output
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


def render(*arguments: object, target: str = "deploy") -> None:
    base = ("render", "run/candidates.yaml", "--templates", "ours", "-t", "notes", "-t", "ranking", "--no-golden")
    run_json(*base, "-o", target, *arguments)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def states(*arguments: object) -> dict[str, str]:
    files = run_json("status", *arguments)["files"]
    return {file["path"]: file["state"] for file in files if file["state"] != "unmodified"}


def change_template(place: Path) -> None:
    template = place / "ours" / "notes" / "NOTES.md.jinja"
    template.write_text(template.read_text().replace("The end.", "The very end."))


def edit_lock(folder: Path, **changes: object) -> None:
    """A lock with other content, and the checksum that belongs to it."""
    document = json.loads((folder / LOCK_NAME).read_text()) | changes
    document["checksum"] = checksum(document)
    (folder / LOCK_NAME).write_text(json.dumps(document))


def test_a_fresh_project_is_unmodified_and_up_to_date(place: Path) -> None:
    render()
    before = tree(place / "deploy")
    document = run_json("status", "--exit-code")
    assert document["counts"] == {"unmodified": len(before) - 2}
    assert document["candidate"]["better"] is False
    assert run_json("update")["up_to_date"] is True
    assert tree(place / "deploy") == before
    assert run("status").stdout == f"deploy: {len(before) - 2} unmodified\n"


def test_every_state_is_told_and_the_exit_code_says_that_there_is_drift(place: Path) -> None:
    render()
    extra = place / "ours" / "notes" / "extra.txt"
    (place / "deploy" / "own.txt").write_text("mine")
    assert states() == {"own.txt": "added"}
    assert run("status", "--exit-code").exit_code == 0
    extra.write_text("new")
    change_template(place)
    (place / "deploy" / "models_rank.json").write_text("[]")
    (place / "deploy" / "model" / "model.onnx").unlink()
    assert states() == {
        "NOTES.md": "drifted",
        "extra.txt": "missing",
        "model/model.onnx": "missing",
        "models_rank.json": "edited",
        "own.txt": "added",
    }
    result = run("status", "--exit-code")
    assert result.exit_code == 7
    assert "drifted     NOTES.md" in result.stdout
    assert "other templates: project" in result.stdout
    run_json("update")
    extra.unlink()
    assert states() == {"extra.txt": "obsolete", "models_rank.json": "edited", "own.txt": "added"}
    assert run("status").exit_code == 0


def test_an_update_without_edits_equals_a_fresh_render(place: Path) -> None:
    render()
    change_template(place)
    (place / "ours" / "notes" / "more.txt").write_text("new")
    run_json("update")
    render(target="fresh")
    assert tree(place / "deploy") == tree(place / "fresh")
    assert run("status", "--exit-code").exit_code == 0


def test_edits_survive_an_update_of_the_template_and_of_the_winner(place: Path) -> None:
    render()
    notes = place / "deploy" / "NOTES.md"
    notes.write_text(notes.read_text().replace("# run", "# Our run"))
    change_template(place)
    document = run_json("update", "--by", "size-mb")
    assert {file["path"]: file["action"] for file in document["files"]}["NOTES.md"] == "merge"
    assert notes.read_text() == "# Our run\n\nThe candidate is small.\n\nThe very end.\n"
    after = json.loads((place / "deploy" / LOCK_NAME).read_text())
    assert after["candidate"] == "small"
    assert run_json("update")["up_to_date"] is True, "what was asked for is remembered"


def test_a_better_candidate_is_told(place: Path) -> None:
    render("--by", "accuracy")
    listing = place / "run" / "candidates.yaml"
    winner = json.loads((place / "deploy" / LOCK_NAME).read_text())["candidate"]
    text = listing.read_text()
    block = next(part for part in text.split("- ") if f"id: {winner}" in part or f"name: {winner}" in part)
    listing.write_text(text.replace(block, block.replace("accuracy: 0.9", "accuracy: 0.1")))
    document = run_json("status", "--exit-code", exit_code=7)
    assert document["candidate"]["better"] is True
    assert document["candidate"]["rendered"] == winner
    assert document["source"]["changed"] is True
    assert f"instead of {winner}" in run("status").stdout


@pytest.mark.parametrize("style", ["markers", "rej"])
def test_a_conflict_exits_with_1_and_keeps_both_sides(place: Path, style: str) -> None:
    render()
    notes = place / "deploy" / "NOTES.md"
    notes.write_text(notes.read_text().replace("The end.", "Our end."))
    change_template(place)
    document = run_json("update", "--conflict", style, exit_code=1)
    assert document["conflicts"] == ["NOTES.md"]
    assert "Our end." in notes.read_text()
    other = notes if style == "markers" else notes.with_name("NOTES.md.rej")
    assert "The very end." in other.read_text()
    assert run_json("update")["up_to_date"] is True


def test_a_dry_run_shows_the_difference_and_writes_nothing(place: Path) -> None:
    render()
    change_template(place)
    before = tree(place)
    document = run_json("update", "--dry-run", "--rank", "2")
    assert "-The end.\n+The very end.\n" in document["diff"]
    assert "Binary file model/model.onnx: replace" in document["diff"]
    assert tree(place) == before
    assert "+The very end." in run("update", "-n").stdout


def test_the_configuration_file_is_read_again_and_flags_are_remembered(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = place / "modelpress.yaml"
    configuration.write_text(
        "source: run/candidates.yaml\ntemplates: [ours]\n"
        "render: {sets: [notes], golden: false, variables: {notes: {audience: us}}}\n"
    )
    run_json("render", "-o", "deploy", "--rank", "2", "-t", "notes", "-t", "candidate")
    lock = json.loads((place / "deploy" / LOCK_NAME).read_text())
    assert lock["answers"]["configuration"] == "../modelpress.yaml"
    assert lock["answers"]["settings"] == {
        "project": {"name": "run"},
        "render": {"sets": ["notes", "candidate"]},
    }
    configuration.write_text(configuration.read_text().replace("{audience: us}", "{audience: them}"))
    monkeypatch.chdir(place.parent)  # what the lock names is found from anywhere
    run_json("update", "repository/deploy")
    lock = json.loads((place / "deploy" / LOCK_NAME).read_text())
    assert lock["variables"]["notes"] == {"audience": "them"}
    assert [one["name"] for one in lock["template_sets"]] == ["notes", "candidate"]
    assert lock["answers"]["rank"] == 2
    configuration.rename(place / "gone.yaml")
    result = run("update", "repository/deploy")
    assert result.exit_code == 1
    assert "modelpress.yaml, which repository/deploy was rendered with, is not there" in result.stderr


def test_variables_are_merged_with_those_of_the_lock(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = place / "ours" / "notes" / "template-set.yaml"
    manifest.write_text(manifest.read_text() + "  length: {type: int, default: 1, help: How long.}\n")
    render("--var", "notes.audience=us", "--var", "notes.length=2")
    run_json("update", "--var", "notes.length=3")
    assert json.loads((place / "deploy" / LOCK_NAME).read_text())["variables"]["notes"] == {
        "audience": "us",
        "length": 3,
    }
    monkeypatch.setenv("MODELPRESS_RENDER_VARIABLES", "notes.length=4")
    run_json("update")
    assert json.loads((place / "deploy" / LOCK_NAME).read_text())["variables"]["notes"] == {
        "audience": "us",
        "length": 4,
    }
    fresh = tree(place / "deploy")
    render("--var", "notes.audience=us", "--var", "notes.length=4", target="fresh")
    assert tree(place / "fresh") == fresh


def test_a_source_far_away_is_not_named_in_the_lock_and_must_be_given(place: Path, tmp_path: Path) -> None:
    deep = place / "a" / "b" / "c" / "d" / "deploy"
    render(target=str(deep))
    text = (deep / LOCK_NAME).read_text()
    assert str(tmp_path) not in text
    assert "../../../.." not in text
    document = run_json("status", deep)
    assert document["candidate"]["now"] is None
    assert "unknown" in document["warnings"][0]
    result = run("update", deep)
    assert result.exit_code == 1
    assert "does not lie near it" in result.stderr
    assert "Give --" in result.stderr
    assert run_json("update", deep, "--source", "run/candidates.yaml", "--templates", "ours")["up_to_date"] is True


def test_a_source_that_moved_is_named_with_the_way_out(place: Path) -> None:
    render()
    (place / "run").rename(place / "moved")
    (place / "deploy" / "NOTES.md").write_text("edited")
    document = run_json("status", "--exit-code", exit_code=7)
    assert document["counts"]["edited"] == 1
    assert "--source" in document["warnings"][0]
    result = run("update")
    assert result.exit_code == 1
    assert "run/candidates.yaml, which deploy was rendered from, is not there" in result.stderr
    document = run_json("update", "--source", "moved/candidates.yaml")
    assert document["files"] == [], "the project's name does not change with that of the folder"
    assert run_json("status")["counts"]["edited"] == 1


def test_a_layer_that_is_gone_is_named_with_the_way_out(place: Path) -> None:
    render()
    before = tree(place / "deploy")
    (place / "ours").rename(place / "theirs")
    result = run("update")
    assert result.exit_code == 2
    assert "the template folder" in result.stderr
    assert "--templates" in result.stderr
    assert tree(place / "deploy") == before
    run_json("update", "--templates", "theirs")


@pytest.mark.parametrize("command", ["status", "update"])
def test_a_lock_of_a_newer_modelpress_is_refused(place: Path, command: str) -> None:
    render()
    edit_lock(place / "deploy", lock_version=99, modelpress="7.0")
    result = run(command)
    assert result.exit_code == 1
    assert "was written by a newer modelpress (7.0)" in result.stderr
    assert "pip install --upgrade modelpress" in result.stderr


def test_a_project_that_a_newer_modelpress_rendered_is_not_taken_back_unless_forced(place: Path) -> None:
    render()
    edit_lock(place / "deploy", modelpress="7.0")
    assert run_json("status")["modelpress"]["rendered"] == "7.0"
    result = run("update")
    assert result.exit_code == 1
    assert "was rendered by modelpress 7.0" in result.stderr
    run_json("update", "--force")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is no project: it holds no modelpress.lock"),
        (b"", "modelpress.lock:1: not a lock file, or damaged"),
        (b"<<<<<<< ours\n{}\n", "modelpress.lock:1: not a lock file, or damaged"),
        (b"[]", "not a lock file"),
        (b"{}", "was edited since modelpress wrote it, or damaged"),
        (b"\xff\xfe", "not a lock file, or damaged"),
        (b"[" * 100_000, "not a lock file, or damaged"),
    ],
)
def test_a_damaged_lock_is_an_error_and_the_project_stays(place: Path, content: bytes | None, message: str) -> None:
    render()
    lock = place / "deploy" / LOCK_NAME
    lock.unlink() if content is None else lock.write_bytes(content)
    before = tree(place / "deploy")
    for command in ("status", "update"):
        result = run(command, "deploy")
        assert result.exit_code == 1, result.output
        assert message in result.stderr
        assert "hint: " in result.stderr
    assert tree(place / "deploy") == before


def test_an_edited_lock_is_refused(place: Path) -> None:
    render()
    lock = place / "deploy" / LOCK_NAME
    lock.write_text(lock.read_text().replace('"rank": 1', '"rank": 2'))
    result = run("update")
    assert result.exit_code == 1
    assert "was edited since modelpress wrote it" in result.stderr
    assert "git" in result.stderr


@pytest.mark.parametrize("path", ["../outside.txt", "/outside.txt", "a/../../outside.txt"])
def test_a_lock_that_leads_outside_is_unsafe(place: Path, path: str) -> None:
    render()
    outside = place / "outside.txt"
    outside.write_text("mine")
    edit_lock(place / "deploy", files={path: {"sha256": "0", "size": 4}})
    for command in ("status", "update"):
        assert run(command).exit_code == 4
    assert outside.read_text() == "mine"


@pytest.mark.parametrize("changes", [{"files": []}, {"answers": {}}, {"answers": None}, {"source": 1}, {"layers": [1]}])
def test_a_lock_of_another_form_is_an_error(place: Path, changes: dict[str, object]) -> None:
    render()
    edit_lock(place / "deploy", **changes)
    result = run("update")
    assert result.exit_code == 1, result.output
    assert "cannot be understood" in result.stderr


def test_settings_of_a_lock_that_are_none_are_a_usage_error(place: Path) -> None:
    render()
    answers = json.loads((place / "deploy" / LOCK_NAME).read_text())["answers"]
    edit_lock(place / "deploy", answers={**answers, "settings": {**answers["settings"], "model_roots": 7}})
    result = run("update")
    assert result.exit_code == 2, result.output
    assert "model" in result.stderr


def spots(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in plain data."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(spot for key, one in inner for spot in spots(one, (*above, key)))]


JUNK = [None, True, 7, -1, 1e300, "", "..", "../../x", "/etc/passwd", "a\0b", "\udce9", [], ["x"], {}, {"a": {"b": []}}]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_lock_says_there_is_no_traceback(place: Path, data: st.DataObject) -> None:
    if not (place / "deploy").exists():
        render()
        shutil.copyfile(place / "deploy" / LOCK_NAME, place / "sound.lock")
    document = json.loads((place / "sound.lock").read_text())
    *above, last = data.draw(st.sampled_from([spot for spot in spots(document) if spot]))
    section = document
    for key in above:
        section = section[key]
    section[last] = data.draw(st.sampled_from(JUNK))
    document["checksum"] = checksum(document)
    (place / "deploy" / LOCK_NAME).write_text(json.dumps(document))
    before = tree(place)
    for command in ("status", "update -n"):
        result = run(*command.split())
        assert result.exit_code in {0, 1, 2, 4, 5}, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert tree(place) == before


def commit(place: Path) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run(["git", "init", "-q", "."], cwd=place, check=True)
    subprocess.run(["git", "add", "-A"], cwd=place, check=True)
    subprocess.run(["git", *identity, "commit", "-q", "-m", "all"], cwd=place, check=True)


def test_a_dirty_tree_is_refused_unless_forced(place: Path) -> None:
    render()
    commit(place)
    change_template(place)  # outside the project: no reason to refuse
    notes = place / "deploy" / "NOTES.md"
    notes.write_text(notes.read_text().replace("# run", "# Our run"))
    before = tree(place / "deploy")
    result = run("update")
    assert result.exit_code == 1
    assert "holds changes that git does not have: deploy/NOTES.md" in result.stderr
    assert tree(place / "deploy") == before
    assert run("update", "--dry-run").exit_code == 0
    run_json("update", "--force")
    assert "# Our run" in notes.read_text()
    assert "The very end." in notes.read_text()


def test_a_repository_that_git_cannot_read_is_refused_unless_forced(place: Path) -> None:
    render()
    commit(place)
    (place / ".git" / "index").write_bytes(b"damaged")
    result = run("update")
    assert result.exit_code == 1
    assert "git cannot say whether deploy holds changes" in result.stderr
    run_json("update", "--force")


def test_what_git_ignores_and_what_lies_in_no_repository_is_updated(place: Path) -> None:
    (place / ".gitignore").write_text("/deploy/\n")
    render()
    commit(place)
    (place / "deploy" / "NOTES.md").write_text("mine\n")
    run_json("update")


def test_a_clean_tree_is_updated_and_git_shows_what_changed(place: Path) -> None:
    render()
    commit(place)
    change_template(place)
    run_json("update")
    status = ["git", "status", "--porcelain", "deploy"]
    changed = subprocess.run(status, cwd=place, check=True, capture_output=True, text=True).stdout
    assert [line[3:] for line in changed.splitlines()] == [
        f"deploy/{BASE_NAME}",
        "deploy/NOTES.md",
        f"deploy/{LOCK_NAME}",
    ]


def test_a_project_of_init_is_kept_up_to_date(place: Path) -> None:
    run_json("init", "digits", "--no-input", "--var", "source=run/candidates.yaml", "--var", "deploy_to=nothing")
    assert run("status", "digits/deploy", "--exit-code").exit_code == 0
    readme = place / "digits" / "deploy" / "README.md"
    readme.write_text("Ours.\n\n" + readme.read_text())
    with (place / "digits" / "modelpress.yaml").open("a") as file:
        file.write("ranking:\n  by: [size-mb]\n")
    document = run_json("update", "digits/deploy")
    assert document["candidate"]["now"] == "small"
    assert readme.read_text().startswith("Ours.\n\n")
    assert "small" in readme.read_text()


def test_what_was_updated_without_edits_is_verified_without_trust(place: Path) -> None:
    render()
    change_template(place)
    run_json("update")
    findings = run_json("verify", "deploy", "--only", "manifest,models")["findings"]
    assert [found["status"] for found in findings] == ["passed", "passed"]
