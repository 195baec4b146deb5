"""A tree never leads outside itself, whether a folder or a zip."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.bundle import Bundle, RenderedText, sha256sums
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.executors import archive, folder
from modelpress.filetree import BOMB_SIZE, FolderTree, TreePath, ZipTree, open_tree
from modelpress.project_files import open_bundle

FILES = {"b/c/deep.txt": b"deep", "b/two.bin": b"\0two", "one.txt": b"one"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "project"


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "project.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/", b"")
        for name, content in reversed(FILES.items()):
            archive.writestr(name, content)
    return path


def test_a_folder_and_a_zip_look_the_same(project: Path, zipped: Path) -> None:
    for tree in (open_tree(project), open_tree(zipped)):
        assert sorted(tree.names()) == list(FILES)
        assert sorted(tree.names("b")) == ["b/c/deep.txt", "b/two.bin"]
        assert [tree.is_folder(name) for name in ("", "b", "b/c", "b/", "one.txt", "nothing", "b/c/d")] == [
            True, True, True, True, False, False, False,
        ]  # fmt: skip
        for name, content in FILES.items():
            entry = TreePath(tree, name).entry
            assert entry is not None
            assert entry.size == len(content)
            with entry.open() as source:
                assert source.read() == content
        assert tree.entry("b") is None
        assert tree.entry("nothing") is None


def test_links_inside_a_folder_are_followed_and_links_out_of_it_refused(project: Path) -> None:
    (project / "inside").symlink_to("b/two.bin")
    (project / "outside").symlink_to("../elsewhere.txt")
    (project.parent / "elsewhere.txt").write_text("secret")
    (project / "loop").symlink_to("loop")
    tree = FolderTree(project)
    inside = tree.entry("inside")
    assert inside is not None
    assert inside.identity == tree.entry("b/two.bin").identity  # type: ignore[union-attr]
    assert tree.entry("loop") is None
    for name in ("outside", "../elsewhere.txt", "/etc/passwd", "b/../../elsewhere.txt"):
        with pytest.raises(UnsafeInputError, match="leads outside"):
            tree.entry(name)


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (member("../up"), "outside the folder"),
        (member("a/../../up"), "outside the folder"),
        (member("/etc/passwd"), "outside the folder"),
        (member("a\\..\\b"), "outside the folder"),
        (member("C:/x"), "outside the folder"),
        (member("link", stat.S_IFLNK | 0o777), "symlink 'link'"),
    ],
)
def test_a_zip_that_would_write_elsewhere_is_refused(tmp_path: Path, info: zipfile.ZipInfo, reason: str) -> None:
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, b"x")
    with pytest.raises(UnsafeInputError, match=reason):
        list(ZipTree(path).names())


def test_a_zip_that_holds_a_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", b"2")
    with pytest.raises(UnsafeInputError, match="'a' twice"):
        ZipTree(path).entry("a")


def test_a_bomb_is_refused_also_where_its_members_overlap(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel", os.urandom(64 * 1024) + b"\0" * (8 << 20))
        kernel = archive.infolist()[0]
        assert kernel.file_size / kernel.compress_size < 200
        for count in range(BOMB_SIZE // kernel.file_size + 1):  # many names for the one member
            again = zipfile.ZipInfo(f"kernel{count}")
            for field in ("compress_type", "compress_size", "file_size", "CRC", "header_offset"):
                setattr(again, field, getattr(kernel, field))
            archive.filelist.append(again)
    with pytest.raises(UnsafeInputError, match="unpacks to"):
        list(ZipTree(path).names())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_compression_is_an_error_that_says_so(tmp_path: Path, method: int) -> None:
    path = tmp_path / "rare.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a", b"1")
    with pytest.raises(ModelpressError, match="is packed with a method other than deflate"):
        ZipTree(path).entry("a")


def test_an_encrypted_zip_is_an_error_that_says_so(zipped: Path) -> None:
    content = bytearray(zipped.read_bytes())
    central = content.rindex(b"PK\1\2")
    flags = struct.unpack_from("<H", content, central + 8)[0]
    struct.pack_into("<H", content, central + 8, flags | 1)
    zipped.write_bytes(content)
    with pytest.raises(ModelpressError, match="encrypted"):
        ZipTree(zipped).entry("one.txt")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_no_zip_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(content)
    with pytest.raises(ModelpressError, match="cannot be read as a zip"):
        open_tree(path).entry("a")


@settings(max_examples=200, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_zip_gives_its_content_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, place: float, value: int, *, cut: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    content = bytearray(path.read_bytes())
    at = int(place * len(content))
    content = content[:at] if cut else content[:at] + bytes([value]) + content[at + 1 :]
    path.write_bytes(content)
    try:
        bundle = open_bundle(path)
    except ModelpressError as error:
        assert str(path) in error.message  # noqa: PT017  # either outcome is right
    else:
        for name in bundle.entries.keys() & FILES.keys():
            with bundle.entries[name].open() as source:
                assert source.read() == FILES[name]


@pytest.fixture
def bundle() -> Bundle:
    entries = {
        "README.md": RenderedText("größe\n".encode()),
        "run.sh": RenderedText(b"#!/bin/sh\n", executable=True),
        "model/model.onnx": RenderedText(b"\x08\x07\0weights", is_text=False),
    }
    return Bundle.of(entries, {"SHA256SUMS": sha256sums})


def test_a_project_on_disk_is_the_bundle_that_it_was_written_from(tmp_path: Path, bundle: Bundle) -> None:
    archive.execute(archive.plan(bundle, tmp_path / "first.zip"))
    folder.execute(folder.plan(bundle, tmp_path / "first"))
    for place in ("first", "first.zip"):
        again = open_bundle(tmp_path / place)
        archive.execute(archive.plan(again, tmp_path / "again.zip"))
        assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "first.zip").read_bytes()


def test_a_project_on_disk_is_read_with_its_edits_and_without_bytecode(tmp_path: Path, bundle: Bundle) -> None:
    folder.execute(folder.plan(bundle, tmp_path / "project"))
    (tmp_path / "project" / "README.md").write_text("edited")
    (tmp_path / "project" / "notes").mkdir()
    (tmp_path / "project" / "notes" / "new.txt").write_text("new")
    (tmp_path / "project" / "__pycache__").mkdir()
    (tmp_path / "project" / "__pycache__" / "run.pyc").write_bytes(b"\0")
    opened = open_bundle(tmp_path / "project")
    assert list(opened.entries) == ["README.md", "model/model.onnx", "notes/new.txt", "run.sh"]
    written = archive.execute(archive.plan(opened, tmp_path / "edited.zip"))
    assert written.digests["README.md"].size == len("edited")
    with zipfile.ZipFile(tmp_path / "edited.zip") as edited:
        assert written.digests["README.md"].sha256.encode() in edited.read("SHA256SUMS")


def test_a_project_with_a_link_that_leads_nowhere_or_outside_is_an_error(tmp_path: Path, bundle: Bundle) -> None:
    folder.execute(folder.plan(bundle, tmp_path / "project"))
    (tmp_path / "project" / "link").symlink_to("nothing")
    with pytest.raises(ModelpressError, match="link is not a readable file"):
        open_bundle(tmp_path / "project")
    (tmp_path / "project" / "link").unlink()
    (tmp_path / "project" / "link").symlink_to("/etc/hostname")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        open_bundle(tmp_path / "project")
