"""What each file of a project is called, from what was rendered, what lies there, and what would be rendered now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelpress.bundle import Digest
from modelpress.packaging.answers import Answers, near
from modelpress.projects.comparison import compare
from modelpress.projects.lock_file import Lock, Source
from modelpress.projects.on_disk import on_disk
from modelpress.projects.status import Now, Status
from modelpress.version import __version__

# as rendered, on disk, as rendered now (False: nobody knows), state, edited
FILES = [
    (b"1", b"1", b"1", "unmodified", False),
    (b"1", b"1", False, "unmodified", False),
    (b"1", b"2", b"1", "edited", True),
    (b"1", b"2", False, "edited", True),
    (b"1", b"2", b"2", "unmodified", False),
    (b"1", b"1", b"2", "drifted", False),
    (b"1", b"2", b"3", "drifted", True),
    (b"1", b"1", None, "obsolete", False),
    (b"1", b"2", None, "obsolete", True),
    (b"1", None, b"1", "missing", False),
    (b"1", None, b"2", "missing", False),
    (b"1", None, False, "missing", False),
    (None, None, b"1", "missing", False),
    (None, b"1", b"1", "unmodified", False),
    (None, b"1", b"2", "drifted", True),
    (None, b"1", None, "added", True),
    (None, b"1", False, "added", True),
]


def lock_of(files: dict[str, Digest], **changes: object) -> Lock:
    layers = ({"name": "team", "kind": "git", "version": "a" * 40}, {"name": "x", "kind": "built-in", "version": "0"})
    made = {"modelpress": __version__, "candidate": "best", "source": Source("run", "0"), "layers": layers, **changes}
    return Lock(**made, answers=Answers(), files=files)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", FILES)
def test_the_state_of_a_file(tmp_path: Path, case: tuple[Any, ...]) -> None:
    base, ours, theirs, state, edited = case
    if ours is not None:
        (tmp_path / "a").write_bytes(ours)
    lock = lock_of({} if base is None else {"a": Digest.of(base)})
    fresh = None if theirs is False else {"a": Digest.of(theirs)} if theirs else {}
    (found,) = compare(lock, on_disk(tmp_path), fresh)
    assert (found.state, found.edited) == (state, edited)


def test_what_is_gone_and_not_rendered_any_more_is_of_no_interest(tmp_path: Path) -> None:
    assert compare(lock_of({"a": Digest.of(b"1")}), on_disk(tmp_path), {}) == ()


def test_files_of_git_python_and_modelpress_itself_are_not_listed(tmp_path: Path) -> None:
    for name in (".git/HEAD", "part/__pycache__/a.pyc", "modelpress.lock", ".modelpress/base.zip", "own.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [one.path for one in compare(lock_of({}), on_disk(tmp_path), {})] == ["own.txt"]


def now(lock: Lock, **changes: object) -> Now:
    made = {"candidate": lock.candidate, "reason": "", "source": lock.source, "layers": lock.layers, **changes}
    return Now(**made)  # type: ignore[arg-type]


def test_news_are_another_candidate_source_layer_or_version() -> None:
    lock = lock_of({})
    assert not Status(lock, (), now(lock)).news
    assert Status(lock, (), now(lock, candidate="other")).better
    assert Status(lock, (), now(lock, source=Source("run", "1"))).source_changed
    moved = [{"name": "team", "kind": "git", "version": "b" * 40}]
    assert Status(lock, (), now(lock, layers=moved)).changed_layers == ("team",)
    assert Status(lock, (), now(lock, layers=[])).changed_layers == ("team",)
    assert Status(lock_of({}, modelpress="0.0.1"), (), None).other_version
    unknown = Status(lock, (), None)
    assert (unknown.better, unknown.source_changed, unknown.changed_layers, unknown.news) == (None, None, (), False)


def test_only_a_path_that_means_something_on_another_computer_is_near(tmp_path: Path) -> None:
    project = tmp_path / "a" / "b" / "c" / "d" / "deploy"
    assert near(project / "run", project) == "run"
    assert near(project.parent / "run", project) == "../run"
    assert near(tmp_path / "a" / "b" / "run", project) == "../../../run"
    assert near(tmp_path / "a" / "run", project) is None
    assert near(Path("/run"), Path("/deploy")) is None, "up to the top of the file system"
