"""A zip that every tool reads, whose bytes depend on the bundle alone."""

import os
import stat
import subprocess
import zipfile
from collections.abc import Callable
from itertools import islice, permutations
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, Entry, ExistingFile, RenderedText, content_sha256, sha256sums
from modelpress.errors import ModelpressError, UsageError
from modelpress.executors import archive
from modelpress.project_files import open_bundle


def write(bundle: Bundle, target: Path) -> bytes:
    archive.execute(archive.plan(bundle, target))
    return target.read_bytes()


def test_other_tools_read_the_zip_and_the_sums_verify(
    bundle: Bundle, out: Path, require_tool: Callable[[str], str]
) -> None:
    write(bundle, out / "o.zip")
    subprocess.run([require_tool("unzip"), "-tqq", out / "o.zip"], check=True)
    subprocess.run([require_tool("unzip"), "-qq", out / "o.zip", "-d", out / "unpacked"], check=True)
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=out / "unpacked", capture_output=True, check=True)
    assert len(sums.stdout.splitlines()) == len(bundle.entries) + 1
    modes = {
        path.relative_to(out / "unpacked").as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (out / "unpacked").rglob("*")
        if path.is_file()
    }
    assert modes.pop("samples/python/run.py") == 0o755
    assert set(modes.values()) == {0o644}


def test_entries_come_back_as_they_were(bundle: Bundle, entries: dict[str, Entry], out: Path) -> None:
    write(bundle, out / "o.zip")
    with zipfile.ZipFile(out / "o.zip") as written:
        assert written.testzip() is None
        assert written.namelist() == [*bundle.entries, "modelpress.lock", "SHA256SUMS"]
        for path, entry in entries.items():
            with entry.open() as source:
                assert written.read(path) == source.read()


def test_members_say_nothing_of_the_computer(bundle: Bundle, out: Path) -> None:
    write(bundle, out / "o.zip")
    with zipfile.ZipFile(out / "o.zip") as written:
        for info in written.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.create_system == 3
            assert info.extra == info.comment == b""
            assert info.external_attr >> 16 in {0o100644, 0o100755}
            assert not info.is_dir()


def test_the_same_bundle_gives_the_same_bytes(
    bundle: Bundle, entries: dict[str, Entry], weights: ExistingFile, out: Path
) -> None:
    first = write(bundle, out / "first.zip")
    for number, paths in enumerate(islice(permutations(entries), 1, None, 100)):
        os.utime(weights.path, (number, number))
        shuffled = Bundle.of({path: entries[path] for path in paths}, bundle.closings)
        assert write(shuffled, out / "shuffled.zip") == first


@pytest.mark.parametrize(
    ("epoch", "date"),
    [
        ("1700000001", (2023, 11, 14, 22, 13, 20)),
        ("0", (1980, 1, 1, 0, 0, 0)),
        ("-5", (1980, 1, 1, 0, 0, 0)),
        ("99999999999999999999", (2107, 12, 31, 23, 59, 58)),
        ("", (1980, 1, 1, 0, 0, 0)),
    ],
)
def test_source_date_epoch_gives_the_date(
    out: Path, monkeypatch: pytest.MonkeyPatch, epoch: str, date: tuple[int, ...]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    write(Bundle.of({"a": RenderedText(b"a")}), out / "o.zip")
    with zipfile.ZipFile(out / "o.zip") as written:
        assert written.infolist()[0].date_time == date


def test_a_source_date_epoch_that_is_no_number_is_an_error(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UsageError, match="'yesterday'"):
        archive.plan(Bundle.of({}), out / "o.zip")


def test_the_plan_is_what_is_written(bundle: Bundle, out: Path) -> None:
    plan = archive.plan(bundle, out / "o.zip")
    assert not plan.replaces
    assert list(out.iterdir()) == []
    written = archive.execute(plan)
    methods = {"store": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED}
    with zipfile.ZipFile(out / "o.zip") as read:
        assert [info.filename for info in read.infolist()] == [file.path for file in plan.files]
        for info, file in zip(read.infolist(), plan.files, strict=True):
            assert info.compress_type == methods[file.method]
            assert file.size in {info.file_size, None}
        sums = read.read("SHA256SUMS")
    assert [file.path for file in plan.files if file.size is None] == ["modelpress.lock", "SHA256SUMS"]
    assert written.path == out / "o.zip"
    assert written.bytes_written == (out / "o.zip").stat().st_size
    assert written.content_sha256 == content_sha256(written.digests)
    assert sha256sums({path: digest for path, digest in written.digests.items() if path != "SHA256SUMS"}) == sums
    assert archive.plan(bundle, out / "o.zip").replaces


def test_the_bundle_in_a_zip_is_written_without_being_unpacked(entries: dict[str, Entry], out: Path) -> None:
    first = write(Bundle.of(entries, {"SHA256SUMS": sha256sums}), out / "first.zip")
    assert write(open_bundle(out / "first.zip"), out / "again.zip") == first


def test_more_files_than_a_zip_without_zip64_can_hold(out: Path, require_tool: Callable[[str], str]) -> None:
    entries = {f"{number // 1000}/{number % 1000}.txt": RenderedText(b"%d" % number) for number in range(65_600)}
    archive.execute(archive.plan(Bundle.of(entries), out / "o.zip", compression="store"))
    with zipfile.ZipFile(out / "o.zip") as written:
        assert len(written.infolist()) == 65_600
        assert written.read("65/599.txt") == b"65599"
    subprocess.run([require_tool("unzip"), "-tqq", out / "o.zip"], check=True)


def test_a_file_beyond_the_limit_of_a_zip_without_zip64(
    weights: ExistingFile, out: Path, monkeypatch: pytest.MonkeyPatch, require_tool: Callable[[str], str]
) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", weights.size - 1)  # 2 GiB would take the test half a minute
    write(Bundle.of({"small": RenderedText(b"s"), "weights": weights}), out / "o.zip")
    with zipfile.ZipFile(out / "o.zip") as written:
        assert [len(info.extra) > 0 for info in written.infolist()] == [False, True]
        assert written.testzip() is None
    subprocess.run([require_tool("unzip"), "-tqq", out / "o.zip"], check=True)


def test_a_folder_in_the_way_is_an_error(bundle: Bundle, out: Path) -> None:
    with pytest.raises(ModelpressError, match="out is a folder") as caught:
        archive.plan(bundle, out)
    assert caught.value.hint == "Remove the folder, or write elsewhere with -o."


def test_missing_folders_above_the_target_are_made(bundle: Bundle, out: Path) -> None:
    planned = archive.plan(bundle, out / "new" / "newer" / "a.zip")
    assert not (out / "new").exists()
    assert archive.execute(planned).path.is_file()


def test_folders_that_were_made_for_nothing_are_removed(bundle: Bundle, out: Path) -> None:
    def fail(_: object) -> bytes:
        raise ModelpressError("no closing")

    failing = Bundle.of(bundle.entries, {"SUMS": fail})
    planned = archive.plan(failing, out / "new" / "newer" / "a.zip")
    with pytest.raises(ModelpressError, match="no closing"):
        archive.execute(planned)
    assert not (out / "new").exists()


def test_a_parent_that_is_a_file_is_an_error(bundle: Bundle, out: Path) -> None:
    (out / "file").touch()
    with pytest.raises(ModelpressError, match="file is not a folder"):
        archive.plan(bundle, out / "file" / "o.zip")


def test_a_device_is_not_replaced(bundle: Bundle, out: Path) -> None:
    os.mkfifo(out / "pipe")
    with pytest.raises(ModelpressError, match="pipe is not a regular file"):
        archive.plan(bundle, out / "pipe")


def test_the_zip_that_is_read_is_not_replaced(bundle: Bundle, weights: ExistingFile, out: Path) -> None:
    write(bundle, out / "o.zip")
    (out / "link.zip").symlink_to("o.zip")
    for target in (out / "o.zip", out / "link.zip"):
        with pytest.raises(ModelpressError, match=r"cannot be replaced: .*o\.zip is read for it"):
            archive.plan(open_bundle(out / "o.zip"), target)
    with pytest.raises(ModelpressError, match="is read for it"):
        archive.plan(bundle, weights.path)


def test_a_link_to_a_zip_stays_a_link(bundle: Bundle, out: Path) -> None:
    (out / "real").mkdir()
    (out / "o.zip").symlink_to("real/o.zip")
    write(bundle, out / "o.zip")
    write(bundle, out / "o.zip")
    assert (out / "o.zip").is_symlink()
    assert [path.name for path in (out / "real").iterdir()] == ["o.zip"]


@pytest.mark.parametrize("closings", [["modelpress.lock"], ["SHA256SUMS"], ["modelpress.lock", "SHA256SUMS"]])
def test_a_zip_of_ours_is_replaced_unless_it_was_edited(bundle: Bundle, out: Path, closings: list[str]) -> None:
    target = out / "o.zip"
    whole = Bundle.of(bundle.entries, {name: bundle.closings[name] for name in closings})
    before = write(whole, target)
    assert write(whole, target) == before
    edits = {
        "notes.txt (added)": {"notes.txt": RenderedText(b"mine")},
        "README.md (changed)": {"README.md": RenderedText(b"# Other\n".ljust(bundle.entries["README.md"].size))},
        "README.md (removed)": {"README.md": None},
    }
    for named, edit in edits.items():
        with zipfile.ZipFile(target) as read:
            sums = {name: read.read(name) for name in closings}
        entries = {name: entry for name, entry in {**bundle.entries, **edit}.items() if entry is not None}
        kept = {name: lambda _, name=name, sums=sums: sums[name] for name in closings}
        archive.execute(archive.plan(Bundle.of(entries, kept), target, force=True))
        with pytest.raises(ModelpressError, match=r"was edited since modelpress wrote it") as caught:
            archive.plan(whole, target)
        assert named in caught.value.message
        assert "--force" in caught.value.hint
        archive.execute(archive.plan(whole, target, force=True))
        assert target.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"precious", {}, {"a.txt": b"a"}, {"modelpress.lock": b"[]"}, {"modelpress.lock": b"not JSON"},
     {"SHA256SUMS": b"no sums"}, {"SHA256SUMS": b"\xff"}, {"../SHA256SUMS": b""}],
)  # fmt: skip
def test_a_file_that_is_no_zip_of_ours_is_not_replaced(bundle: Bundle, out: Path, content: object) -> None:
    target = out / "o.zip"
    if isinstance(content, bytes):
        target.write_bytes(content)
    else:
        with zipfile.ZipFile(target, "w") as archived:
            for name, text in dict(content).items():  # type: ignore[call-overload]
                archived.writestr(name, text)
    before = target.read_bytes()
    with pytest.raises(ModelpressError, match=r"o\.zip is no zip that modelpress wrote") as caught:
        archive.plan(bundle, target)
    assert caught.value.hint == "Give another name, or --force to replace it."
    assert target.read_bytes() == before


def test_a_zip_that_was_damaged_is_not_ours(bundle: Bundle, weights: ExistingFile, out: Path) -> None:
    target = out / "o.zip"
    content = bytearray(write(bundle, target))
    content[content.index(weights.path.read_bytes()[:64]) + 100] ^= 1
    target.write_bytes(content)
    with pytest.raises(ModelpressError, match="is no zip that modelpress wrote"):
        archive.plan(bundle, target)
