"""A folder that appears whole, and never takes the place of what somebody made."""

import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, Entry, ExistingFile, RenderedText, sha256sums
from modelpress.errors import ModelpressError
from modelpress.executors import archive, folder


def write(bundle: Bundle, target: Path, *, force: bool = False) -> None:
    folder.execute(folder.plan(bundle, target, force=force))


def files_of(top: Path) -> dict[str, bytes]:
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_the_folder_holds_what_the_zip_holds(bundle: Bundle, out: Path) -> None:
    in_folder = folder.execute(folder.plan(bundle, out / "project"))
    in_zip = archive.execute(archive.plan(bundle, out / "project.zip"))
    assert in_folder.digests == in_zip.digests
    assert in_folder.content_sha256 == in_zip.content_sha256
    with zipfile.ZipFile(out / "project.zip") as zipped:
        assert files_of(out / "project") == {name: zipped.read(name) for name in zipped.namelist()}
    assert in_folder.bytes_written == sum(map(len, files_of(out / "project").values()))
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out / "project", check=True)
    assert sorted(path.name for path in out.iterdir()) == ["project", "project.zip"]


def test_modes_do_not_depend_on_the_source(bundle: Bundle, out: Path) -> None:
    write(bundle, out / "project")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (out / "project").rglob("*")}
    script = out / "project" / "samples" / "python" / "run.py"
    umask = os.umask(0o022)
    os.umask(umask)
    assert modes.pop(script) == 0o755 & ~umask
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o666 & ~umask}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o777 & ~umask}
    assert not any(path.is_symlink() or (path.is_file() and path.stat().st_nlink > 1) for path in modes)


def test_an_empty_folder_is_filled(bundle: Bundle, out: Path) -> None:
    (out / "project").mkdir()
    plan = folder.plan(bundle, out / "project")
    assert plan.replaces
    assert plan.discards == ()
    folder.execute(plan)
    assert files_of(out / "project").keys() == {file.path for file in plan.files}


def test_a_project_without_edits_is_swapped(bundle: Bundle, entries: dict[str, Entry], out: Path) -> None:
    write(bundle, out / "project")
    (out / "project" / "samples" / "__pycache__").mkdir()
    (out / "project" / "samples" / "__pycache__" / "run.pyc").touch()
    del entries["README.md"]
    plan = folder.plan(Bundle.of(entries, bundle.closings), out / "project")
    assert plan.replaces
    assert plan.discards == ()
    assert "README.md" in files_of(out / "project")
    folder.execute(plan)
    assert files_of(out / "project").keys() == {*entries, *bundle.closings}
    assert [path.name for path in out.iterdir()] == ["project"]


def test_the_lock_may_also_be_written_after_the_sums(entries: dict[str, Entry], bundle: Bundle, out: Path) -> None:
    other = Bundle.of(entries, dict(reversed(bundle.closings.items())))
    write(other, out / "project")
    write(other, out / "project")
    (out / "project" / "SHA256SUMS").write_text("")
    with pytest.raises(ModelpressError, match=r"SHA256SUMS \(changed\)"):
        write(other, out / "project")


def edit(project: Path) -> None:
    (project / "README.md").write_bytes((project / "README.md").read_bytes()[::-1])


def add(project: Path) -> None:
    (project / "notes.txt").write_text("mine")


def add_link(project: Path) -> None:
    (project / "notes.txt").symlink_to("README.md")


def add_link_to_folder(project: Path) -> None:
    (project / "notes.txt").symlink_to("samples")


def remove(project: Path) -> None:
    (project / "README.md").unlink()


def forge_sums(project: Path) -> None:
    (project / "SHA256SUMS").write_text("")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (edit, "README.md (changed)"),
        (add, "notes.txt (added)"),
        (add_link, "notes.txt (added)"),
        (add_link_to_folder, "notes.txt (added)"),
        (remove, "README.md (removed)"),
        (forge_sums, "SHA256SUMS (changed)"),
    ],
)
def test_an_edited_project_is_swapped_only_by_force(bundle: Bundle, out: Path, change, named: str) -> None:  # type: ignore[no-untyped-def]
    write(bundle, out / "project")
    written = files_of(out / "project")
    change(out / "project")
    before = files_of(out / "project")
    with pytest.raises(ModelpressError, match="was edited since modelpress wrote it") as caught:
        folder.plan(bundle, out / "project")
    assert named in caught.value.message
    assert "--force" in caught.value.hint
    assert files_of(out / "project") == before
    plan = folder.plan(bundle, out / "project", force=True)
    assert plan.discards == (named,)
    folder.execute(plan)
    assert files_of(out / "project") == written


def test_many_edits_are_counted(bundle: Bundle, out: Path) -> None:
    write(bundle, out / "project")
    for number in range(5):
        (out / "project" / f"{number}.txt").touch()
    with pytest.raises(ModelpressError, match=r"0.txt \(added\), 1.txt \(added\), 2.txt \(added\) and 2 more"):
        folder.plan(bundle, out / "project")


@pytest.mark.parametrize(
    "lock", [None, "", "[]", "{}", '{"files": 1}', '{"files": {"a": 1}}', '{"files": {"a": {}}}', "[" * 100_000]
)
def test_what_modelpress_did_not_write_is_swapped_only_by_force(bundle: Bundle, out: Path, lock: str | None) -> None:
    (out / "thesis").mkdir()
    (out / "thesis" / "chapter.tex").write_text("years of work")
    if lock is not None:
        (out / "thesis" / "modelpress.lock").write_text(lock)
    with pytest.raises(ModelpressError, match="is not empty, and no project that modelpress wrote") as caught:
        folder.plan(bundle, out / "thesis")
    assert "--force" in caught.value.hint
    plan = folder.plan(bundle, out / "thesis", force=True)
    assert "chapter.tex" in plan.discards
    folder.execute(plan)
    assert "chapter.tex" not in files_of(out / "thesis")


def test_a_git_repository_is_never_swapped(bundle: Bundle, out: Path) -> None:
    write(bundle, out / "project")
    (out / "project" / ".git").mkdir()
    (out / "project" / ".git" / "HEAD").touch()
    with pytest.raises(ModelpressError, match="is a git repository"):
        folder.plan(bundle, out / "project", force=True)


def test_the_working_folder_is_never_swapped(bundle: Bundle, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (out / "project" / "below").mkdir(parents=True)
    monkeypatch.chdir(out / "project" / "below")
    for target in (Path(), Path(".."), out):
        with pytest.raises(ModelpressError, match="holds the working folder"):
            folder.plan(bundle, target, force=True)


def test_a_mount_point_is_never_swapped(bundle: Bundle) -> None:
    with pytest.raises(ModelpressError, match=r"cannot be (swapped|written)|no files can be written"):
        folder.plan(bundle, Path("/proc"), force=True)


def test_the_folder_that_is_read_is_never_swapped(bundle: Bundle, weights: ExistingFile) -> None:
    with pytest.raises(ModelpressError, match=r"cannot be replaced: .*weights\.bin is read for it"):
        folder.plan(bundle, weights.path.parent, force=True)


def test_a_file_in_the_way_is_an_error(bundle: Bundle, out: Path) -> None:
    (out / "project").touch()
    with pytest.raises(ModelpressError, match="project is a file"):
        folder.plan(bundle, out / "project", force=True)


def test_what_appears_in_the_meantime_is_not_replaced(bundle: Bundle, out: Path) -> None:
    plan = folder.plan(bundle, out / "project")
    (out / "project").mkdir()
    (out / "project" / "other").write_text("of somebody else")
    with pytest.raises(ModelpressError, match="project cannot be written") as caught:
        folder.execute(plan)
    assert "in the meantime" in caught.value.hint
    assert files_of(out) == {"project/other": b"of somebody else"}


def test_the_sums_of_a_swapped_folder_hold(bundle: Bundle, out: Path) -> None:
    folder.execute(folder.plan(bundle, out / "project"))
    folder.execute(folder.plan(bundle, out / "project"))
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out / "project", check=True)


def test_a_bundle_without_a_lock_makes_no_project(out: Path) -> None:
    plain = Bundle.of({"a": RenderedText(b"a")}, {"SHA256SUMS": sha256sums})
    write(plain, out / "project")
    with pytest.raises(ModelpressError, match="no project that modelpress wrote"):
        folder.plan(plain, out / "project")
