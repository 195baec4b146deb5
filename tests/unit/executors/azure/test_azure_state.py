"""The state file beside a project: whole, private, and refused where it is damaged."""

import stat
import sys
from pathlib import Path

import pytest

from modelpress.errors import ModelpressError
from modelpress.executors.azure.state import State, state_path


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(state_path(tmp_path / "project"), "/subscriptions/s")


def test_it_lies_beside_the_project(tmp_path: Path) -> None:
    assert state_path(tmp_path / "deploy") == tmp_path / "deploy.publish.json"
    assert state_path(tmp_path / "deploy.zip") == tmp_path / "deploy.zip.publish.json"


def test_records_are_kept_by_workspace_section_and_key(state: State) -> None:
    other = State(state.path, "/subscriptions/other")
    state.put("steps", "model:a", {"version": "3"})
    other.put("steps", "model:a", {"version": "7"})
    state.put("operations", "deployment:blue", {"url": "u"})
    assert state.get("steps", "model:a") == {"version": "3"}
    assert other.get("steps", "model:a") == {"version": "7"}
    assert state.get("steps", "model:b") is None
    state.put("operations", "deployment:blue", None)
    assert state.get("operations", "deployment:blue") is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes say nothing there")
def test_only_the_user_may_read_it(state: State) -> None:
    state.put("steps", "a", {})
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o600
    assert [item.name for item in state.path.parent.iterdir()] == [state.path.name]


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    "{}",
    '{"form": 2}',
    '{"form": 1, "workspaces": []}',
    '{"form": 1, "workspaces": {"a": 1}}',
    '{"form": 1, "workspaces": {"a": {"steps": []}}}',
    '{"form": 1, "x": "\\ud800',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_named(state: State, text: str) -> None:
    state.path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelpressError, match=r"project\.publish\.json") as raised:
        state.get("steps", "a")
    assert raised.value.hint
    assert state.path.read_text(encoding="utf-8") == text


def test_a_place_that_takes_no_files_is_found_before_anything_is_done(tmp_path: Path) -> None:
    state = State(state_path(tmp_path / "missing" / "project"), "w")
    with pytest.raises(ModelpressError, match="cannot be written"):
        state.check_writable()
