"""Each entry is read once and completely, or the writer says which one was not."""

import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from modelpress.bundle import Bundle, Digest, ExistingFile, RenderedText
from modelpress.errors import ModelpressError
from modelpress.executors import archive, folder
from modelpress.executors.hashing import CHUNK
from modelpress.filetree import open_tree

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK, 9 * CHUNK + 7]


@dataclass
class Reading:
    """What a writer told its progress, in order."""

    told: list[tuple[str, int]] = field(default_factory=list)

    def start(self, total_bytes: int) -> None:
        self.told.append(("start", total_bytes))

    def advance(self, count: int) -> None:
        self.told.append(("advance", count))

    def finish(self) -> None:
        self.told.append(("finish", 0))


@dataclass(frozen=True)
class Shared:
    """A file that two entries share, written to anew when it is opened for the second time."""

    path: Path
    later: bytes
    opened: list[int] = field(default_factory=list)
    is_text: bool = False
    executable: bool = False
    identity: str = "one file"

    @property
    def size(self) -> int:
        return len(self.later)

    def open(self) -> BinaryIO:
        self.opened.append(1)
        if len(self.opened) == 2:
            self.path.write_bytes(self.later)
            os.utime(self.path, ns=(2, 2))
        return self.path.open("rb", buffering=0)


@dataclass(frozen=True)
class Promised:
    """Bytes in memory that are said to be those of another entry."""

    content: bytes
    identity: str = "one file"
    is_text: bool = False
    executable: bool = False

    @property
    def size(self) -> int:
        return len(self.content)

    def open(self) -> BinaryIO:
        return BytesIO(self.content)


@pytest.mark.parametrize("size", SIZES)
def test_digests_are_those_of_the_bytes(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "source").write_bytes(content)
    bundle = Bundle.of({"a": ExistingFile(tmp_path / "source", size), "b": RenderedText(content)})
    written = archive.execute(archive.plan(bundle, tmp_path / "o.zip"))
    assert written.digests == {"a": Digest.of(content), "b": Digest.of(content)}
    with zipfile.ZipFile(tmp_path / "o.zip") as zipped:
        assert zipped.read("a") == zipped.read("b") == content


def test_progress_counts_every_byte_and_finishes(bundle: Bundle, tmp_path: Path) -> None:
    for execute in (
        lambda progress: archive.execute(archive.plan(bundle, tmp_path / "o.zip"), progress),
        lambda progress: folder.execute(folder.plan(bundle, tmp_path / "o"), progress),
    ):
        progress = Reading()
        execute(progress)
        assert progress.told[0] == ("start", bundle.size)
        assert progress.told[-1] == ("finish", 0)
        assert sum(count for kind, count in progress.told if kind == "advance") == bundle.size


@pytest.mark.parametrize("size", [10, 3 * CHUNK])
def test_what_two_entries_share_is_hashed_once(tmp_path: Path, size: int) -> None:
    # The second entry breaks its promise: only a writer that hashes it would notice.
    bundle = Bundle.of({"a": Promised(b"a" * size), "b": Promised(b"b" * size)})
    written = archive.execute(archive.plan(bundle, tmp_path / "o.zip"))
    assert written.digests["a"] == written.digests["b"] == Digest.of(b"a" * size)
    with zipfile.ZipFile(tmp_path / "o.zip") as zipped:
        assert zipped.read("b") == b"b" * size


def test_a_shared_file_that_was_modified_since_it_was_hashed_is_hashed_again(tmp_path: Path) -> None:
    before, after = os.urandom(2 * CHUNK), os.urandom(2 * CHUNK)
    (tmp_path / "source").write_bytes(before)
    shared = Shared(tmp_path / "source", after)
    written = archive.execute(archive.plan(Bundle.of({"a": shared, "b": shared}), tmp_path / "o.zip"))
    assert written.digests == {"a": Digest.of(before), "b": Digest.of(after)}


@pytest.mark.parametrize("difference", [-CHUNK - 1, -1, 1, CHUNK])
def test_a_file_of_another_size_than_planned_is_an_error(bundle: Bundle, tmp_path: Path, difference: int) -> None:
    weights = bundle.entries["model/weights.bin"]
    assert isinstance(weights, ExistingFile)
    wrong = Bundle.of({"model/w.bin": replace(weights, size=weights.size + difference)}, bundle.closings)
    for execute in (
        lambda: archive.execute(archive.plan(wrong, tmp_path / "o.zip")),
        lambda: folder.execute(folder.plan(wrong, tmp_path / "o")),
    ):
        with pytest.raises(ModelpressError, match=r"model/w\.bin changed while it was read"):
            execute()
        assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_file_that_is_written_to_while_it_is_read_is_an_error(weights: ExistingFile, tmp_path: Path) -> None:
    class Writing(Reading):
        def advance(self, count: int) -> None:
            with weights.path.open("r+b") as training:
                training.write(b"new")
            os.utime(weights.path, ns=(count, count))

    plan = archive.plan(Bundle.of({"model/w.bin": weights}), tmp_path / "o.zip")
    with pytest.raises(ModelpressError, match="changed while it was read"):
        archive.execute(plan, Writing())
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_file_that_is_gone_is_an_error(weights: ExistingFile, tmp_path: Path) -> None:
    plan = archive.plan(Bundle.of({"model/w.bin": weights}), tmp_path / "o.zip")
    weights.path.unlink()
    progress = Reading()
    with pytest.raises(ModelpressError, match=r"model/w\.bin cannot be read: .*No such file"):
        archive.execute(plan, progress)
    assert progress.told[-1] == ("finish", 0)


def test_a_damaged_member_of_a_zip_is_an_error(weights: ExistingFile, tmp_path: Path) -> None:
    source = tmp_path / "source.zip"
    archive.execute(archive.plan(Bundle.of({"model/w.bin": weights}), source))
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    source.write_bytes(content)
    member = open_tree(source).entry("model/w.bin")
    assert member is not None
    with pytest.raises(ModelpressError, match=r"a/w\.bin cannot be read: Bad CRC-32"):
        archive.execute(archive.plan(Bundle.of({"a/w.bin": member}), tmp_path / "o.zip"))
    assert not (tmp_path / "o.zip").exists()


def test_a_closing_sees_everything_before_it(tmp_path: Path) -> None:
    seen = []

    def listing(digests: Mapping[str, Digest]) -> bytes:
        seen.append(dict(digests))
        return b"listing"

    bundle = Bundle.of({"a": RenderedText(b"a")}, {"one": listing, "two": listing})
    written = archive.execute(archive.plan(bundle, tmp_path / "o.zip"))
    a, one = Digest.of(b"a"), Digest.of(b"listing")
    assert seen == [{"a": a}, {"a": a, "one": one}]
    assert written.digests == {"a": a, "one": one, "two": one}
