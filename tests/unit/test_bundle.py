"""What may be in a bundle: paths that mean one file on every system, and the digests of its content."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.bundle import Bundle, Digest, ExistingFile, RenderedText, check_path, content_sha256, sha256sums
from modelpress.errors import ModelpressError, UnsafeInputError

TEXT = RenderedText(b"text\n")

REFUSED = [
    ("", "not normalised"),
    ("/etc/passwd", "absolute"),
    ("//host/share", "absolute"),
    ("../up", "not normalised"),
    ("a/../b", "not normalised"),
    ("a//b", "not normalised"),
    ("a/./b", "not normalised"),
    ("a/", "not normalised"),
    ("a\\b", "does not allow"),
    ("C:/x", "does not allow ':'"),
    ("stream.txt:hidden", "does not allow ':'"),
    ("what?", "does not allow '?'"),
    ("a*b", "does not allow '*'"),
    ("a|b", "does not allow"),
    ('a"b', "does not allow"),
    ("<a>", "does not allow"),
    ("a\0b", "control character"),
    ("a\nb", "control character"),
    ("a\x7fb", "control character"),
    ("a\x85b", "control character"),
    ("a\udcffb", "not UTF-8"),
    ("con", "reserves"),
    ("model/NUL", "reserves"),
    ("aux.json", "reserves"),
    ("Com1.tar.gz", "reserves"),
    ("lpt9/x", "reserves"),
    ("com¹", "reserves"),
    ("nul .txt", "reserves"),
    ("dot.", "drops"),
    ("folder /x", "drops"),
    ("x" * 256, "longer than 255"),
    ("ö" * 128, "longer than 255"),
]


@pytest.mark.parametrize(("path", "reason"), REFUSED)
def test_a_path_that_is_not_one_file_everywhere_is_refused(path: str, reason: str) -> None:
    with pytest.raises(UnsafeInputError, match="cannot be a path in a bundle") as caught:
        Bundle.of({path: TEXT})
    assert repr(path) in caught.value.message
    assert reason in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "path",
    ["a", ".dockerignore", "a.b.c", "console.txt", "com10", "models/größe/模型.onnx", "a b/c", "..a", "a..b"],
)
def test_an_ordinary_path_is_accepted(path: str) -> None:
    assert list(Bundle.of({path: TEXT}).entries) == [path]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("README.md", "readme.md"),
        ("model/a.json", "Model/b.json"),
        ("caf\u00e9.txt", "cafe\u0301.txt"),
        ("STRASSE", "straße"),
        ("Å/x", "A\u030a/y"),
    ],
)
def test_two_paths_that_some_system_does_not_tell_apart_are_refused(first: str, second: str) -> None:
    with pytest.raises(UnsafeInputError, match="not told apart") as caught:
        Bundle.of({first: TEXT, second: TEXT})
    assert repr(first) in caught.value.message
    assert repr(second) in caught.value.message


@pytest.mark.parametrize("file", ["model", "MODEL"])
def test_a_path_that_is_a_folder_of_another_is_refused(file: str) -> None:
    for order in ([file, "model/x"], ["model/x", file]):
        with pytest.raises(UnsafeInputError, match="cannot be a file and the folder of 'model/x'"):
            Bundle.of(dict.fromkeys(order, TEXT))


def test_a_closing_is_checked_like_an_entry() -> None:
    with pytest.raises(UnsafeInputError, match=r"'\.\./SHA256SUMS'"):
        Bundle.of({}, {"../SHA256SUMS": sha256sums})
    with pytest.raises(UnsafeInputError, match="is written twice"):
        Bundle.of({"SHA256SUMS": TEXT}, {"SHA256SUMS": sha256sums})


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("aA./\\:\0 ~\u0301é\n"), max_size=8))
def test_what_is_accepted_stays_inside_its_folder(path: str) -> None:
    try:
        check_path(path)
    except UnsafeInputError:
        return
    inside = Path("/folder", path)
    assert inside.parts[:2] == ("/", "folder")
    assert len(inside.parts) > 2
    assert inside.as_posix() == f"/folder/{path}"


def test_entries_are_sorted_by_the_bytes_of_their_path_and_closings_are_not() -> None:
    paths = ["a/b", "B", "é", "z", "a-b"]
    bundle = Bundle.of(dict.fromkeys(paths, TEXT), {"z.lock": sha256sums, "SHA256SUMS": sha256sums})
    assert list(bundle.entries) == ["B", "a-b", "a/b", "z", "é"]
    assert list(bundle.closings) == ["z.lock", "SHA256SUMS"]
    assert bundle.size == 5 * TEXT.size


def test_what_was_gathered_later_does_not_change_a_bundle() -> None:
    entries = {"a": TEXT}
    bundle = Bundle.of(entries)
    entries["b"] = TEXT
    assert list(bundle.entries) == ["a"]
    with pytest.raises(TypeError):
        bundle.entries["b"] = TEXT  # type: ignore[index]


def test_bundles_are_joined() -> None:
    joined = Bundle.of({"b": TEXT}).join(Bundle.of({"a": TEXT}, {"SHA256SUMS": sha256sums}))
    assert list(joined.entries) == ["a", "b"]
    assert list(joined.closings) == ["SHA256SUMS"]


def test_joining_two_parts_that_write_one_path_is_an_error() -> None:
    part = Bundle.of({"samples/run.py": TEXT})
    with pytest.raises(ModelpressError, match=r"'samples/run\.py'"):
        part.join(Bundle.of({"samples/run.py": RenderedText(b"other")}))
    with pytest.raises(ModelpressError, match="'SHA256SUMS'"):
        Bundle.of({}, {"SHA256SUMS": sha256sums}).join(Bundle.of({"SHA256SUMS": TEXT}))
    with pytest.raises(UnsafeInputError, match="not told apart"):
        part.join(Bundle.of({"Samples/run.cpp": TEXT}))


def test_sha256sums_has_the_format_of_the_command() -> None:
    digests = {"z": Digest.of(b""), "a b": Digest.of(b"x")}
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    one = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert sha256sums(digests) == f"{one}  a b\n{empty}  z\n".encode()


def test_the_digest_of_all_content_is_that_of_sha256sums_written_or_not() -> None:
    digests = {"a": Digest.of(b"x")}
    sums = sha256sums(digests)
    assert content_sha256(digests) == hashlib.sha256(sums).hexdigest()
    assert content_sha256({**digests, "SHA256SUMS": Digest.of(sums)}) == content_sha256(digests)


def test_entries_are_read_from_the_start_each_time(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    for entry in (ExistingFile(path, 7), RenderedText(b"weights")):
        for _ in range(2):
            with entry.open() as source:
                assert source.read() == b"weights"
        assert entry.size == 7
