"""Updating a folder: what happens to each file, and that the folder is whole at any moment."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.bundle import LOCK_NAME, RenderedText
from modelpress.errors import ModelpressError
from modelpress.packaging.base import BASE_NAME
from modelpress.projects.comparison import compare
from modelpress.projects.on_disk import on_disk

KEPT = Path(__file__).parent / "kept_project.py"
TEXT = b"one\ntwo\nthree\nfour\nfive\n"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kept_project", KEPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


kept = _load()


@pytest.fixture(autouse=True, scope="module")
def _git(require_tool: Callable[[str], str]) -> None:
    require_tool("git")


def actions(planned: object) -> dict[str, str]:
    return {change.path: change.action for change in planned.changes}  # type: ignore[attr-defined]


def test_without_edits_the_result_is_a_fresh_render(tmp_path: Path) -> None:
    before = kept.rendered({"a.txt": TEXT, "gone/b.txt": TEXT, "same.txt": TEXT})
    after = kept.rendered({"a.txt": TEXT + b"six\n", "new/c.txt": TEXT, "same.txt": TEXT})
    lock = kept.write(tmp_path / "p", before)
    same = (tmp_path / "p" / "same.txt").stat().st_ino
    planned = kept.update(tmp_path / "p", lock, after)
    kept.write(tmp_path / "fresh", after)
    assert kept.tree(tmp_path / "p") == kept.tree(tmp_path / "fresh")
    assert actions(planned) == {"a.txt": "replace", "gone/b.txt": "remove", "new/c.txt": "add"}
    assert not (tmp_path / "p" / "gone").exists()
    assert (tmp_path / "p" / "same.txt").stat().st_ino == same, "unchanged files are not copied"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_edits_survive_and_a_second_update_changes_nothing(tmp_path: Path) -> None:
    before = kept.rendered({"a.txt": TEXT, "b.txt": TEXT})
    after = kept.rendered({"a.txt": TEXT.replace(b"five", b"5"), "b.txt": TEXT})
    lock = kept.write(tmp_path / "p", before)
    (tmp_path / "p" / "a.txt").write_bytes(b"mine\n" + TEXT)
    (tmp_path / "p" / "b.txt").write_bytes(b"mine as well\n")
    (tmp_path / "p" / "own.txt").write_bytes(b"not rendered\n")
    planned = kept.update(tmp_path / "p", lock, after)
    assert actions(planned) == {"a.txt": "merge"}
    assert (tmp_path / "p" / "a.txt").read_bytes() == b"mine\n" + TEXT.replace(b"five", b"5")
    assert (tmp_path / "p" / "b.txt").read_bytes() == b"mine as well\n"
    assert (tmp_path / "p" / "own.txt").read_bytes() == b"not rendered\n"
    found = kept.tree(tmp_path / "p")
    again = kept.update(tmp_path / "p", kept.lock_of(after), after)
    assert not again.changes
    assert not again.own
    assert kept.tree(tmp_path / "p") == found


def test_a_conflict_keeps_both_sides(tmp_path: Path) -> None:
    before, after = kept.rendered({"a.txt": TEXT}), kept.rendered({"a.txt": TEXT.replace(b"two", b"new")})
    for style in ("markers", "rej"):
        folder = tmp_path / style
        lock = kept.write(folder, before)
        (folder / "a.txt").write_bytes(TEXT.replace(b"two", b"mine"))
        assert kept.update(folder, lock, after, style).conflicts == ("a.txt",)
    assert (tmp_path / "markers" / "a.txt").read_bytes().splitlines()[1:6] == [
        b"<<<<<<< this project",
        b"mine",
        b"=======",
        b"new",
        b">>>>>>> as it is rendered now",
    ]
    assert (tmp_path / "rej" / "a.txt").read_bytes() == TEXT.replace(b"two", b"mine")
    assert b"-mine\n+new\n" in (tmp_path / "rej" / "a.txt.rej").read_bytes()


def test_the_difference_of_a_plan_is_a_patch_that_git_applies(tmp_path: Path) -> None:
    before = kept.rendered({"a.txt": TEXT, "gone.txt": TEXT[:-1], "part/ü.txt": "größer\r\n".encode()})
    after = kept.rendered({"a.txt": TEXT[:-1], "new/b.txt": b"new\n", "part/ü.txt": "größer\r\nmehr".encode()})
    lock = kept.write(tmp_path / "p", before)
    (tmp_path / "p" / "a.txt").write_bytes(b"mine\n" + TEXT)
    shutil.copytree(tmp_path / "p", tmp_path / "patched")
    planned = kept.plan(tmp_path / "p", lock, after)
    patch = planned.diff()
    kept.execute(planned)
    apply = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(apply, cwd=tmp_path / "patched", input=patch, check=True)
    own = {BASE_NAME, LOCK_NAME}
    updated, patched = (
        {path: one for path, one in kept.tree(tmp_path / name).items() if path not in own} for name in ("p", "patched")
    )
    assert updated == patched


def test_an_older_patch_is_never_overwritten(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT}))
    (tmp_path / "p" / "a.txt").write_bytes(TEXT.replace(b"two", b"mine"))
    (tmp_path / "p" / "a.txt.rej").write_bytes(b"of an earlier update")
    with pytest.raises(ModelpressError, match=r"a\.txt\.rej is in the way"):
        kept.update(tmp_path / "p", lock, kept.rendered({"a.txt": TEXT.replace(b"two", b"new")}), "rej")
    assert (tmp_path / "p" / "a.txt.rej").read_bytes() == b"of an earlier update"


def test_binary_files_are_replaced_only_when_unmodified(tmp_path: Path) -> None:
    def model(content: bytes) -> RenderedText:
        return RenderedText(content, is_text=False)

    before = kept.rendered({"kept.onnx": model(b"one\n"), "replaced.onnx": model(b"one\n")})
    after = kept.rendered({"kept.onnx": model(b"two\n"), "replaced.onnx": model(b"two\n")})
    lock = kept.write(tmp_path / "p", before)
    (tmp_path / "p" / "kept.onnx").write_bytes(b"quantized by hand\n")
    assert kept.update(tmp_path / "p", lock, after).conflicts == ("kept.onnx",)
    assert (tmp_path / "p" / "kept.onnx").read_bytes() == b"quantized by hand\n"
    assert (tmp_path / "p" / "replaced.onnx").read_bytes() == b"two\n"
    (tmp_path / "p" / "kept.onnx").unlink()
    assert actions(kept.update(tmp_path / "p", kept.lock_of(after), after)) == {"kept.onnx": "restore"}
    assert (tmp_path / "p" / "kept.onnx").read_bytes() == b"two\n"


def test_an_edited_file_that_is_rendered_no_more_is_its_editors(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT, "b.txt": TEXT}))
    (tmp_path / "p" / "a.txt").write_bytes(b"mine\n")
    after = kept.rendered({"b.txt": TEXT})
    planned = kept.update(tmp_path / "p", lock, after)
    assert actions(planned) == {"a.txt": "keep"}
    assert (tmp_path / "p" / "a.txt").read_bytes() == b"mine\n"
    states = {one.path: one.state for one in compare(kept.lock_of(after), on_disk(tmp_path / "p"), after.digests)}
    assert states == {"a.txt": "added", "b.txt": "unmodified"}


def test_an_own_file_in_the_place_of_a_new_one_is_not_lost(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT}))
    (tmp_path / "p" / "new.txt").write_bytes(b"mine\n")
    planned = kept.update(tmp_path / "p", lock, kept.rendered({"a.txt": TEXT, "new.txt": b"rendered\n"}))
    assert planned.conflicts == ("new.txt",)
    content = (tmp_path / "p" / "new.txt").read_bytes()
    assert b"mine\n" in content
    assert b"rendered\n" in content


@pytest.mark.parametrize("damage", ["remove", "overwrite", "edit"])
def test_without_what_was_rendered_an_edited_file_is_in_conflict_as_a_whole(tmp_path: Path, damage: str) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT, "b.txt": TEXT}))
    base = tmp_path / "p" / BASE_NAME
    if damage == "remove":
        base.unlink()
    else:
        base.write_bytes(b"no zip" if damage == "overwrite" else base.read_bytes().replace(b"three", b"3EDIT"))
    (tmp_path / "p" / "a.txt").write_bytes(TEXT.replace(b"two", b"mine"))
    after = kept.rendered({"a.txt": TEXT.replace(b"five", b"5"), "b.txt": TEXT + b"six\n"})
    planned = kept.update(tmp_path / "p", lock, after)
    assert planned.conflicts == ("a.txt",)
    assert "base.zip is missing or was changed" in planned.warnings[0]
    content = (tmp_path / "p" / "a.txt").read_bytes()
    assert b"mine" in content
    assert b"5\n" in content
    assert (tmp_path / "p" / "b.txt").read_bytes() == TEXT + b"six\n"
    with after.entries[BASE_NAME].open() as source:
        assert base.read_bytes() == source.read()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bits")
def test_modes_are_kept_and_follow_the_template_where_that_changes(tmp_path: Path) -> None:
    def script(content: bytes, *, executable: bool) -> RenderedText:
        return RenderedText(content, executable=executable)

    names = ("made-executable", "made-private", "becomes-a-script", "edited")
    before = kept.rendered({name: script(TEXT, executable=False) for name in names})
    after = kept.rendered({name: script(TEXT + b"6\n", executable=name == "becomes-a-script") for name in names})
    lock = kept.write(tmp_path / "p", before)
    (tmp_path / "p" / "made-executable").chmod(0o755)
    (tmp_path / "p" / "made-private").chmod(0o600)
    (tmp_path / "p" / "edited").write_bytes(b"mine\n" + TEXT)
    (tmp_path / "p" / "edited").chmod(0o700)
    kept.update(tmp_path / "p", lock, after)
    modes = [stat.S_IMODE((tmp_path / "p" / name).stat().st_mode) for name in names]
    assert modes == [0o755, 0o600, 0o755, 0o700]


def test_a_repository_links_and_empty_folders_in_the_project_stay(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT}))
    subprocess.run(["git", "init", "-q", str(tmp_path / "p")], check=True)
    head = (tmp_path / "p" / ".git" / "HEAD").read_bytes()
    (tmp_path / "p" / "empty").mkdir()
    (tmp_path / "p" / "link").symlink_to("a.txt")
    (tmp_path / "p" / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    kept.update(tmp_path / "p", lock, kept.rendered({"a.txt": TEXT + b"six\n"}))
    assert (tmp_path / "p" / ".git" / "HEAD").read_bytes() == head
    assert (tmp_path / "p" / "empty").is_dir()
    assert (tmp_path / "p" / "link").readlink() == Path("a.txt")
    assert (tmp_path / "p" / "elsewhere").readlink() == tmp_path


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"part/a.txt": TEXT}))
    (tmp_path / "outside").mkdir()
    (tmp_path / "p" / "part" / "a.txt").unlink()
    (tmp_path / "p" / "part").rmdir()
    (tmp_path / "p" / "part").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(ModelpressError, match=r"part is in the way: part/a\.txt is rendered there"):
        kept.update(tmp_path / "p", lock, kept.rendered({"part/a.txt": TEXT + b"six\n"}))
    assert list((tmp_path / "outside").iterdir()) == []
    (tmp_path / "p" / "part").unlink()
    (tmp_path / "p" / "part" / "a.txt").mkdir(parents=True)
    with pytest.raises(ModelpressError, match=r"part/a\.txt is in the way"):
        kept.update(tmp_path / "p", lock, kept.rendered({"part/a.txt": TEXT + b"six\n"}))


def test_a_link_in_the_place_of_a_file_is_an_edit(tmp_path: Path) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT}))
    (tmp_path / "p" / "a.txt").rename(tmp_path / "mine.txt")
    (tmp_path / "p" / "a.txt").symlink_to(tmp_path / "mine.txt")
    assert kept.update(tmp_path / "p", lock, kept.rendered({"a.txt": b"new\n"})).conflicts == ("a.txt",)
    assert (tmp_path / "p" / "a.txt").is_symlink()
    assert (tmp_path / "mine.txt").read_bytes() == TEXT


class Meanwhile:
    """Somebody who writes to the project while it is updated."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self, total_bytes: int) -> None:
        assert total_bytes
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(b"written meanwhile")

    def advance(self, count: int) -> None:
        assert count

    def finish(self) -> None:
        pass


@pytest.mark.parametrize("name", ["a.txt", "own.txt", ".git/index"])
def test_what_is_written_during_an_update_is_not_lost(tmp_path: Path, name: str) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT, "b.txt": TEXT}))
    fresh, progress = kept.rendered({"a.txt": TEXT, "b.txt": b"new\n"}), Meanwhile(tmp_path / "p" / name)
    with pytest.raises(ModelpressError, match="changed during the update") as caught:
        kept.update(tmp_path / "p", lock, fresh, progress=progress)
    assert "Nothing was updated" in caught.value.hint
    assert (tmp_path / "p" / name).read_bytes() == b"written meanwhile"
    assert (tmp_path / "p" / "b.txt").read_bytes() == TEXT
    assert [one.name for one in tmp_path.iterdir()] == ["p"]


def test_the_working_folder_is_never_swapped_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = kept.write(tmp_path / "p", kept.rendered({"a.txt": TEXT}))
    monkeypatch.chdir(tmp_path / "p")
    with pytest.raises(ModelpressError, match="holds the working folder"):
        kept.update(Path(), lock, kept.rendered({"a.txt": b"new\n"}))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the swap is at one moment on Linux alone")
def test_killed_at_any_moment_the_project_is_as_it_was_or_as_it_will_be(tmp_path: Path) -> None:
    kept.write(tmp_path / "before", kept.rendered(kept.BEFORE))
    kept.write(tmp_path / "after", kept.rendered(kept.AFTER))
    before, after = kept.tree(tmp_path / "before"), kept.tree(tmp_path / "after")
    outcomes = []
    for last in range(1, 400, 17):
        place = tmp_path / str(last)
        kept.write(place / "p", kept.rendered(kept.BEFORE))
        done = subprocess.run([sys.executable, str(KEPT), str(place / "p"), str(last)], check=False)
        found = kept.tree(place / "p")
        assert found in (before, after), f"killed at {last}"
        outcomes.append((done.returncode, found == after))
        if done.returncode == 0:
            break
        kept.update(
            place / "p",
            kept.lock_of(kept.rendered(kept.AFTER if found == after else kept.BEFORE)),
            kept.rendered(kept.AFTER),
        )
        assert kept.tree(place / "p") == after, "an update after the kill"
        if found == before:
            assert [one.name for one in place.iterdir()] == ["p"], "what the killed one left is removed"
    assert (-9, False) in outcomes
    assert outcomes[-1] == (0, True)


words = st.sampled_from(["alpha", "beta", "gamma", ""])
names = st.sampled_from(["a.txt", "b.txt", "part/c.txt", "part/d.txt"])
renders = st.dictionaries(names, st.lists(words, max_size=5).map(lambda lines: "\n".join(lines).encode()), max_size=4)
edited = st.dictionaries(names, st.none() | st.lists(st.sampled_from(["alpha", "mine", ""]), max_size=5), max_size=3)


@given(before=renders, after=renders, edits=edited, style=st.sampled_from(["markers", "rej"]))
@settings(max_examples=40, deadline=None)
def test_no_update_loses_a_line_that_a_person_wrote(
    before: dict[str, bytes], after: dict[str, bytes], edits: dict[str, list[str] | None], style: str
) -> None:
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, "p")
        lock = kept.write(folder, kept.rendered(before))
        for name, lines in edits.items():
            (folder / name).unlink(missing_ok=True)
            if lines is not None:
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text("\n".join(lines))
        ours, fresh = kept.tree(folder), kept.rendered(after)
        planned = kept.update(folder, lock, fresh, style)
        found = kept.tree(folder)
        for name, content in ours.items():
            if name in {BASE_NAME, LOCK_NAME}:
                continue
            if content == before.get(name):
                assert found.get(name) == after.get(name), "an unmodified file is as rendered"
            else:
                assert set(content.splitlines()) - set(before.get(name, b"").splitlines()) <= set(
                    found[name].splitlines()
                )
        for name, content in after.items():
            assert name in found
            if name not in ours:
                assert found[name] == content
        again = kept.update(folder, kept.lock_of(fresh), fresh, style)
        assert not again.written
        assert not again.removed
        assert kept.tree(folder) == found
        assert set(planned.conflicts) <= ours.keys() & after.keys()
