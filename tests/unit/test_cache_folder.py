"""What is kept is put in its place whole, once."""

from pathlib import Path

import pytest

from modelpress.cache_folder import keep, needed_cache_folder
from modelpress.errors import ModelpressError


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "file").write_text("new")
    return folder


def earlier(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "file").write_text(text)
    return folder


def test_what_another_process_put_there_first_stays(made: Path, tmp_path: Path) -> None:
    kept = earlier(tmp_path / "kept", "first")
    keep(made, kept)
    assert (kept / "file").read_text() == "first"


def test_what_is_not_whole_makes_way(made: Path, tmp_path: Path) -> None:
    kept = earlier(tmp_path / "kept", "damaged")
    keep(made, kept, lambda found: (found / "file").read_text() != "damaged")
    assert (kept / "file").read_text() == "new"
    assert not made.exists()


def test_what_cannot_be_put_there_is_an_error(made: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="kept"):
        keep(made, tmp_path / "file" / "kept")


def test_without_a_cache_folder_the_error_names_what_needs_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    with pytest.raises(ModelpressError, match="the layer cannot be kept"):
        needed_cache_folder("layers", "the layer")
