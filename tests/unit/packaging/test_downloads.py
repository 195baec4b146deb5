"""Sets of downloads: kept whole, made again where one was changed, and removed when they take too much."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modelpress.cache_folder import look_at_caches
from modelpress.errors import RemoteError
from modelpress.packaging import downloads
from modelpress.packaging.downloads import Download, fetch, prune

DAY = 24 * 3600
KIB = 1024


@pytest.fixture(autouse=True)
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the sets of one kind."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "modelpress" / "nuget"


def made(content: bytes, *names: str) -> Callable[[Path], None]:
    def download(folder: Path) -> None:
        for name in names or ("package",):
            (folder / name).write_bytes(content)

    return download


def unreachable(_: Path) -> None:
    raise RemoteError("there is no network")


def age(files: tuple[Download, ...], days: float) -> Path:
    """Let a set be used that long ago; its folder."""
    folder = files[0].path.parent
    moment = time.time() - days * DAY
    os.utime(folder, (moment, moment))
    return folder


def test_a_set_is_made_once() -> None:
    first = fetch("nuget", ["a", 1], made(b"content", "b", "a"))
    assert [file.path.name for file in first] == ["a", "b"]
    assert all(file.path.read_bytes() == b"content" and file.size == len(b"content") for file in first)
    assert fetch("nuget", ["a", 1], unreachable) == first
    with pytest.raises(RemoteError):
        fetch("nuget", ["a", 2], unreachable)


def test_a_set_that_was_changed_is_made_again() -> None:
    (file,) = fetch("nuget", "a", made(b"content"))
    file.path.write_bytes(b"changed")
    assert fetch("nuget", "a", made(b"content")) == (file,)
    assert file.path.read_bytes() == b"content"


def test_many_at_once_get_the_same_whole_set(top: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: fetch("nuget", "a", made(bytes(KIB), "x", "y")), range(16)))
    assert len(found) == 1
    assert len(list(top.iterdir())) == 1


def test_what_fails_leaves_nothing(top: Path) -> None:
    def half(folder: Path) -> None:
        (folder / "half").write_bytes(b"half")
        raise RemoteError("the connection broke")

    with pytest.raises(RemoteError):
        fetch("nuget", "a", half)
    assert list(top.iterdir()) == []


def test_what_was_used_longest_ago_goes_first(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [age(fetch("nuget", name, made(bytes(KIB))), days) for name, days in (("a", 3), ("b", 2), ("c", 4))]
    prune(top, 10 * KIB)
    assert all(folder.is_dir() for folder in folders)
    monkeypatch.setattr(downloads, "prune", lambda top: prune(top, 3 * KIB))
    newest = fetch("nuget", "d", made(bytes(KIB)))[0].path.parent
    assert set(top.iterdir()) == {newest, folders[1]}


def test_what_is_used_again_stays(top: Path) -> None:
    old = fetch("nuget", "a", made(bytes(KIB)))
    age(old, 5)
    other = age(fetch("nuget", "b", made(bytes(KIB))), 3)
    assert fetch("nuget", "a", unreachable) == old
    prune(top, 1)
    assert set(top.iterdir()) == {old[0].path.parent}
    assert not other.exists()


def test_what_is_larger_than_all_room_is_of_use_all_the_same(top: Path) -> None:
    files = fetch("nuget", "a", made(bytes(KIB)))
    prune(top, 1)
    assert files[0].path.read_bytes() == bytes(KIB)


def test_what_ended_processes_left_goes_after_a_day(top: Path) -> None:
    fetch("nuget", "a", made(b"content"))
    for name, days in (("tmp-old", 2), ("tmp-new", 0), (".removed-1-abc", 2)):
        (top / name).mkdir()
        moment = time.time() - days * DAY
        os.utime(top / name, (moment, moment))
    prune(top)
    assert {path.name for path in top.iterdir()} >= {"tmp-new"}
    assert not {"tmp-old", ".removed-1-abc"} & {path.name for path in top.iterdir()}


def test_the_sizes_of_caches_are_seen(top: Path) -> None:
    fetch("nuget", "a", made(bytes(KIB), "x", "y"))
    (cache,) = look_at_caches()
    sums = next(top.glob("*/SHA256SUMS")).stat().st_size
    assert (cache.kind, cache.folder, cache.size) == ("nuget", top, 2 * KIB + sums)
