"""Projects and sources that fsspec reaches, and the records beside projects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from modelpress.bundle import LOCK_NAME, Bundle, Digest, RenderedText, sha256sums
from modelpress.errors import ModelpressError, RemoteError, UnsafeInputError, UsageError
from modelpress.fleet.record import keep_record, read_record
from modelpress.fleet.staging import local_source
from modelpress.fleet.store import FolderStore, RemoteStore


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    files = fsspec.filesystem("memory")
    yield files
    if files.exists("/fleet"):
        files.rm("/fleet", recursive=True)


def bundle(**texts: str) -> Bundle:
    entries = {path.replace("_", "/"): RenderedText(text.encode()) for path, text in texts.items()}
    return Bundle.of(entries, {LOCK_NAME: sha256sums})


def test_a_bundle_replaces_all_that_was_there_and_its_lock_comes_last(memory: fsspec.AbstractFileSystem) -> None:
    store = RemoteStore("memory://fleet")
    store.write_bundle("one", bundle(a_x="old", b="old"))
    written = store.write_bundle("one", bundle(a_x="new"))
    assert sorted(memory.find("/fleet/one")) == ["/fleet/one/a/x", f"/fleet/one/{LOCK_NAME}"]
    assert store.read("one/a/x") == b"new"
    assert list(written.digests) == ["a/x", LOCK_NAME]
    assert written.digests["a/x"] == Digest.of(b"new")
    moments = [memory.info(f"/fleet/one/{path}")["created"] for path in ("a/x", LOCK_NAME)]
    assert moments == sorted(moments)


def test_a_record_is_of_the_very_project_that_it_was_kept_for(
    memory: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    assert memory is not None
    for store in (RemoteStore("memory://fleet"), FolderStore(tmp_path)):
        assert read_record(store, "one") is None
        written = RemoteStore("memory://fleet").write_bundle("one", bundle(a="1"))
        lock = RemoteStore("memory://fleet").read(f"one/{LOCK_NAME}")
        assert lock is not None
        store.write(f"one/{LOCK_NAME}", lock)
        keep_record(store, "one", "recipe", written)
        found = read_record(store, "one")
        assert found is not None
        assert (found.recipe, found.content_sha256) == ("recipe", written.content_sha256)
        store.write(f"one/{LOCK_NAME}", b"another")
        assert read_record(store, "one") is None
        store.write(f"one/{LOCK_NAME}", lock)
        store.write(".fleet/one.json", b'{"recipe": []')
        assert read_record(store, "one") is None


def test_a_source_is_fetched_once_for_each_state_of_it(memory: fsspec.AbstractFileSystem) -> None:
    memory.pipe_file("/fleet/run/config.json", b"{}")
    memory.pipe_file("/fleet/run/models/a.onnx", b"1")
    first = local_source("run 1", "memory://fleet/run")
    assert first.name == "run"
    assert {path.relative_to(first).as_posix() for path in first.rglob("*") if path.is_file()} == {
        "config.json",
        "models/a.onnx",
    }
    assert local_source("run 2", "memory://fleet/run") == first
    memory.pipe_file("/fleet/run/models/a.onnx", b"2")
    assert local_source("run 2", "memory://fleet/run") == first
    later = local_source("run 3", "memory://fleet/run")
    assert later != first
    assert (later / "models" / "a.onnx").read_bytes() == b"2"


def test_names_that_lead_elsewhere_are_refused(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    memory.store["/fleet/run/../../../evil"] = memory._open("/fleet/seed", "wb")
    with pytest.raises(UnsafeInputError):
        local_source("run", "memory://fleet/run")
    del memory.store["/fleet/run/../../../evil"]
    assert not list(tmp_path.rglob("evil"))


def test_what_cannot_be_reached_is_told_without_credentials() -> None:
    with pytest.raises(ModelpressError, match="fsspec cannot reach nosuch://host/x"):
        RemoteStore("nosuch://user:secret@host/x").read("a")
    with pytest.raises(UsageError, match="memory://fleet/none does not exist"):
        local_source("run", "memory://fleet/none")
    with pytest.raises(RemoteError, match=r"FileExistsError|NotADirectoryError"):
        RemoteStore(f"file://{__file__}").write("a", b"")
