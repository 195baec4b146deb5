"""A target is the old one or the new one, whole, whatever ends its writer; and nothing else is left behind."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, RenderedText, sha256sums
from modelpress.errors import ModelpressError
from modelpress.executors import archive, folder
from modelpress.executors.atomic import LOCK_FILE, PREVIOUS, remove_stale, swap_by_renaming, workspace
from modelpress.executors.project import edits

CHUNK = 256 * 1024
TEXT = Bundle.of({"a.txt": RenderedText(b"a")}, {"SHA256SUMS": sha256sums})
WRITER = [sys.executable, str(Path(__file__).with_name("writer_process.py"))]


def start(kind: str, target: Path, source: Path, *, stdin_bytes: int = 0) -> subprocess.Popen[bytes]:
    command = [*WRITER, kind, str(target), str(source), str(stdin_bytes)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(writer: subprocess.Popen[bytes], line: bytes) -> None:
    assert writer.stdout is not None
    assert any(said.startswith(line) for said in writer.stdout), writer.stderr and writer.stderr.read()


def send(writer: subprocess.Popen[bytes], count: int) -> None:
    assert writer.stdin is not None
    writer.stdin.write(bytes(count))
    writer.stdin.flush()


def names(top: Path) -> list[str]:
    return sorted(path.name for path in top.iterdir())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.mkdir()
    (path / "weights").write_bytes(os.urandom(CHUNK))
    return path


@pytest.fixture(params=["zip", "folder"])
def midway(request: pytest.FixtureRequest, out: Path, source: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A writer of `out/target` that has written one chunk of two and waits for the other."""
    with start(request.param, out / "target", source, stdin_bytes=2 * CHUNK) as writer:
        send(writer, CHUNK)
        wait_for(writer, b"advance")
        wait_for(writer, b"advance")
        yield writer
        writer.kill()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_writer_that_is_told_to_end_leaves_nothing(
    midway: subprocess.Popen[bytes], out: Path, ending: signal.Signals
) -> None:
    assert len(names(out)) == 1
    midway.send_signal(ending)
    midway.wait(10)
    assert names(out) == []


def test_what_a_killed_writer_leaves_is_removed_by_the_next_one(midway: subprocess.Popen[bytes], out: Path) -> None:
    midway.kill()
    midway.wait(10)
    assert len(names(out)) == 1
    archive.execute(archive.plan(TEXT, out / "other"))
    assert len(names(out)) == 2
    archive.execute(archive.plan(TEXT, out / "target"))
    assert names(out) == ["other", "target"]


def test_a_living_writer_is_left_alone_and_the_last_to_end_wins(midway: subprocess.Popen[bytes], out: Path) -> None:
    archive.execute(archive.plan(TEXT, out / "target"))
    assert zipfile.ZipFile(out / "target").namelist() == ["a.txt", "SHA256SUMS"]
    assert len(names(out)) == 2
    kind = midway.args[2]  # type: ignore[index]
    send(midway, CHUNK)
    midway.communicate(timeout=10)
    assert names(out) == ["target"]
    if kind == "zip":
        assert midway.returncode == 0
        assert zipfile.ZipFile(out / "target").testzip() is None
        assert "model/~stdin" in zipfile.ZipFile(out / "target").namelist()
    else:  # a folder that was to be new never replaces what appeared there
        assert midway.returncode == 1
        assert zipfile.ZipFile(out / "target").namelist() == ["a.txt", "SHA256SUMS"]


def test_many_writers_of_one_target_do_not_break_it(out: Path) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        bundle = Bundle.of({f"{number}.txt": RenderedText(b"%d" % number * 1000)}, {"SHA256SUMS": sha256sums})
        try:
            for _ in range(25):
                archive.execute(archive.plan(bundle, out / "o.zip"))
        except BaseException as error:  # noqa: BLE001  # reported by the test itself
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert names(out) == ["o.zip"]
    with zipfile.ZipFile(out / "o.zip") as written:
        assert written.testzip() is None


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_full_disk_is_an_error_and_leaves_the_old_file(out: Path, source: Path, kind: str) -> None:
    archive.execute(archive.plan(TEXT, out / "o.zip"))
    old = (out / "o.zip").read_bytes()
    target = out / ("o.zip" if kind == "zip" else "o")
    done = subprocess.run(
        [*WRITER, kind, str(target), str(source)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK // 2, CHUNK // 2)),
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"{target} cannot be written: File too large\n"
        "The file system or a limit of the shell (ulimit -f) allows no file of that size.\n"
    )
    assert names(out) == ["o.zip"]
    assert (out / "o.zip").read_bytes() == old


def test_a_place_that_takes_no_files_is_an_error() -> None:
    with pytest.raises(ModelpressError, match=r"o\.zip(: no files can| cannot be written)") as caught:
        archive.execute(archive.plan(TEXT, Path("/proc/o.zip")))
    assert caught.value.hint


def test_a_name_that_is_too_long_is_an_error(out: Path) -> None:
    with pytest.raises(ModelpressError, match="cannot be written: File name too long"):
        archive.execute(archive.plan(TEXT, out / ("x" * 250)))
    with pytest.raises(ModelpressError, match="cannot be written: File name too long"):
        archive.plan(TEXT, out / ("x" * 300))
    assert names(out) == []


def test_an_error_in_the_midst_of_writing_leaves_nothing(out: Path) -> None:
    def write() -> None:
        with workspace(out / "o.zip") as content:
            content.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert names(out) == []


def test_only_what_is_a_stale_workspace_of_this_target_is_removed(out: Path) -> None:
    kept = [".o.zip.partial", ".o.zip.0123456.partial", ".o.zip.0123456g.partial", ".oXzip.01234567.partial"]
    for name in kept:
        (out / name).mkdir()
    (out / ".o.zip.01234567.partial").write_text("a file of somebody's")
    (out / ".o.zip.11111111.partial").symlink_to(".o.zip.partial")
    (out / ".o.zip.22222222.partial").mkdir()
    (out / ".o.zip.22222222.partial" / "thesis.tex").touch()
    kept += [".o.zip.01234567.partial", ".o.zip.11111111.partial", ".o.zip.22222222.partial"]
    (out / ".o.zip.33333333.partial").mkdir()
    (out / ".o.zip.44444444.partial").mkdir()
    (out / ".o.zip.44444444.partial" / LOCK_FILE).touch()
    (out / ".o.zip.44444444.partial" / "content").mkdir()
    remove_stale(out / "o.zip")
    assert names(out) == sorted(kept)


def test_the_swap_of_other_systems(out: Path) -> None:
    for name in ("work", "target"):
        (out / name).mkdir()
        (out / name / "file").write_text(name)
    (out / "work").rename(out / "content")
    swap_by_renaming(out / "content", out / "target")
    assert (out / "target" / "file").read_text() == "work"
    assert (out / PREVIOUS / "file").read_text() == "target"
    shutil.rmtree(out / PREVIOUS)
    with pytest.raises(FileNotFoundError):
        swap_by_renaming(out / "content", out / "target")
    assert (out / "target" / "file").read_text() == "work"


def test_an_old_folder_whose_swap_was_cut_short_is_kept_until_there_is_a_new_one(out: Path) -> None:
    left = out / ".target.01234567.partial"
    (left / PREVIOUS).mkdir(parents=True)
    (left / PREVIOUS / "file").touch()
    (left / LOCK_FILE).touch()
    remove_stale(out / "target")
    assert (left / PREVIOUS / "file").exists()
    folder.execute(folder.plan(TEXT, out / "target"))
    assert names(out) == ["target"]


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize(("kind", "size", "kills"), [("zip", 64 << 20, 30), ("folder", 16 << 20, 12)])
def test_killed_at_any_moment_the_target_is_whole(tmp_path: Path, out: Path, kind: str, size: int, kills: int) -> None:
    chance = random.Random(20)  # noqa: S311  # repeatable moments
    sources = [tmp_path / "old", tmp_path / "new"]
    content = [os.urandom(1 << 20) for _ in range(2)]
    for place, block in zip(sources, content, strict=True):
        place.mkdir()
        for name in ("one", "two"):
            with (place / name).open("wb") as weights:
                for number in range(size >> 20):
                    weights.write(block[number:] + block[:number])
    target, seconds, whole = out / "target", 60.0, set()
    for place in [*sources, *sources]:
        writer = start(kind, target, place)
        wait_for(writer, b"start")
        started = time.monotonic()
        writer.communicate()
        seconds = min(seconds, time.monotonic() - started)
        assert writer.returncode == 0
        whole.add(state(target))
    assert len(whole) == 2
    midway = 0
    for number in range(kills):
        with start(kind, target, sources[number % 2]) as writer:
            wait_for(writer, b"start")
            time.sleep(chance.uniform(0, 1.1 * seconds))
            writer.kill()
        midway += names(out) != ["target"]
        assert len(names(out)) <= 2, "what an earlier writer left is still there"
        assert state(target) in whole
    assert midway > kills // 6, "too few were killed while they wrote to show anything"
    start(kind, target, sources[0]).communicate()
    assert names(out) == ["target"]
    for place in (*sources, out):
        shutil.rmtree(place)  # a quarter of a gigabyte


def state(target: Path) -> str:
    """What the target holds, in short."""
    if target.is_file():
        return sha256(target)
    assert edits(target) == []
    return sha256(target / "modelpress.lock")
