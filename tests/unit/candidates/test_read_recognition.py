"""What is recognised, what is not, and how other packages add a reader."""

import json
import os
from pathlib import Path

import pytest

from modelpress.candidates import read
from modelpress.candidates.reading.recognition import ACCEPTED
from modelpress.errors import ModelpressError, UnsafeInputError

OLIVE = Path(__file__).parents[2] / "data" / "olive"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"{}", "is not a list of candidates nor a file of Olive's: its keys are "),
        ("a.json", b'{"b": 1, "c": 2}', "is not a list of candidates nor a file of Olive's: its keys are b, c"),
        ("a.json", b"[1]", "is not a list of candidates nor a file of Olive's: it is a list"),
        ("a.json", b'"text"', "is not a list of candidates nor a file of Olive's: it is text"),
        ("a.json", b"null", "is not a file that candidates can be read from"),
        ("a.bin", b"\x00\x01\x02", "is not a file that candidates can be read from"),
        ("a.txt", b"hello", "is not a file that candidates can be read from"),
        ("a.json", b'{"footprint": {', ":1:16: not valid JSON: Expecting property name enclosed in double quotes"),
        ("a.json", b"", ":1:1: not valid JSON: Expecting value"),
        ("a.json", b"\xff\xff\xff", ": is not text"),
        ("a.json", b'{"a": 1, "a": 2}', "the key a stands twice in one mapping"),
        ("a.json", b"[" * 100_000, ": is nested too deeply"),
        ("a.json", b"[" * 200 + b"]" * 200, ": is nested too deeply"),
        ("a.json", b'{"a":' * 100_000, ": is nested too deeply"),
        ("a.json", b'{"a": ' + b"9" * 5000 + b"}", ": holds a number that is too long"),
        ("a.json", b'{"a": "\\ud800"}', ": holds half of a surrogate pair, which is not text"),
        ("a.yaml", b"a: [" * 100_000, ": is nested too deeply"),
        ("a.yaml", b"a: !!python/object/apply:os.system [ls]", "only plain values are allowed"),
        ("a.zip", b"PK\x03\x04", " cannot be read as a zip"),
        ("a.pdf", b"PK\x03\x04rest", " cannot be read as a zip"),
    ],
)
def test_a_file_that_is_nothing_known(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelpressError) as caught:
        read(path)
    assert caught.value.message.startswith(str(path))
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'{"a": [1, 2', "cut short"),
        (b" \n", "The file is empty"),
    ],
)
def test_what_probably_happened_to_a_broken_file(tmp_path: Path, content: bytes, hint: str) -> None:
    (tmp_path / "footprint.json").write_bytes(content)
    for source in (tmp_path, tmp_path / "footprint.json"):
        with pytest.raises(ModelpressError) as caught:
            read(source)
        assert hint in caught.value.hint
        assert str(tmp_path / "footprint.json") in caught.value.message


@pytest.mark.parametrize("content", [b"[]", b"[1]", b'{"a": 1}', b'"a"', b'{"a": {"b": 1}}'])
def test_a_footprint_that_is_something_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "footprint.json").write_bytes(content)
    with pytest.raises(ModelpressError, match=r"footprint\.json: is not an Olive footprint|holds no candidate model"):
        read(tmp_path)


def test_a_folder_that_holds_nothing_known(tmp_path: Path) -> None:
    with pytest.raises(ModelpressError) as caught:
        read(tmp_path)
    assert caught.value.message == f"{tmp_path} holds no candidates: it is empty"
    for name in ("run1", "run2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "footprint.json").write_text("{}")
    for number in range(9):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(ModelpressError) as caught:
        read(tmp_path)
    listed = "run1/, run2/, 0.txt, 1.txt, 2.txt and 6 more"
    assert caught.value.message == f"{tmp_path} holds no candidates: it has {listed}"
    assert caught.value.hint == ACCEPTED


@pytest.mark.parametrize("path", ["nowhere", "a\0b", "x" * 5000])
def test_a_path_that_does_not_exist(tmp_path: Path, path: str) -> None:
    with pytest.raises(ModelpressError, match="cannot be read: "):
        read(tmp_path / path)


def test_metadata_larger_than_any_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "footprint.json"
    with path.open("wb") as file:
        file.truncate((256 << 20) + 1)
    for source in (path, tmp_path):
        with pytest.raises(UnsafeInputError, match="is larger than 256 MiB"):
            read(source)


def test_utf_16_as_a_windows_shell_writes_it(tmp_path: Path) -> None:
    content = (OLIVE / "0.13.0-noeval-zip" / "footprint.json").read_text()
    (tmp_path / "footprint.json").write_text(content, encoding="utf-16")
    assert [one.id for one in read(tmp_path).candidates] == ["a88ebe09"]


@pytest.mark.skipif(os.name == "nt", reason="making links and pipes needs POSIX")
def test_links_and_pipes(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ModelpressError, match="cannot be read"):
        read(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelpressError, match="is neither a file nor a folder"):
        read(tmp_path / "pipe")
    run = tmp_path / "run"
    run.mkdir()
    (run / "loop").symlink_to(run)
    (run / "footprint.json").symlink_to(OLIVE / "0.13.0-noeval-zip" / "footprint.json")
    with pytest.raises(UnsafeInputError, match="leads outside"):
        read(run)
    (run / "footprint.json").unlink()
    (run / "footprint.json").write_bytes((OLIVE / "0.13.0-noeval-zip" / "footprint.json").read_bytes())
    assert len(read(run).candidates) == 1
    (tmp_path / "link.json").symlink_to(run / "footprint.json")
    assert len(read(tmp_path / "link.json").candidates) == 1


READER = """
from modelpress.candidates.candidate import Candidate, CandidateSet, ModelReference

class TextReader:
    name = "text"

    def recognises(self, source):
        return source.path.suffix == ".models"

    def read(self, source, *, strict):
        models = source.path.read_text().split()
        candidates = tuple(Candidate(m, "cpu-cpu", ModelReference("onnxmodel", m)) for m in models)
        return CandidateSet(self.name, source.path, source.path.parent, candidates)

reader = TextReader()
"""


def install(folder: Path, module: str, content: str, target: str) -> None:
    """A package as pip would leave it: a module, and metadata with an entry point."""
    (folder / f"{module}.py").write_text(content)
    info = folder / f"{module}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[modelpress.candidates.v1]\n{module} = {target}\n")


def test_a_reader_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "some.models"
    source.write_text("a.onnx b.onnx")
    with pytest.raises(ModelpressError):
        read(source)
    install(tmp_path, "text_models", READER, "text_models:reader")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [one.id for one in read(source).candidates] == ["a.onnx", "b.onnx"]


def test_a_reader_that_cannot_be_loaded_is_named_only_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "broken_models", "import nowhere_to_be_found", "broken_models:reader")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert read(OLIVE / "0.9.1-search-zip").kind == "olive-run"
    (tmp_path / "a.json").write_text(json.dumps({"b": 1}))
    with pytest.raises(ModelpressError, match=r"the reader broken_models .* cannot be loaded: No module named"):
        read(tmp_path / "a.json")
