"""What an asset holds is named by one digest, wherever it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, ExistingFile, RenderedText
from modelpress.errors import ModelpressError
from modelpress.executors.azure.contents import contents_of, files_at


def bundle(**files: str) -> Bundle:
    return Bundle.of({path.replace("__", "/"): RenderedText(text.encode()) for path, text in files.items()})


def test_a_folder_is_named_by_its_files_and_not_by_where_it_lies() -> None:
    both = bundle(model__a="1", model__sub__b="2", other__a="1", other__sub__b="2", models__a="x")
    found = contents_of(both, ["model", "other"])
    assert list(found["model"].files) == ["a", "sub/b"]
    assert found["model"].sha256 == found["other"].sha256
    assert found["model"].size == 2
    assert [name for name, _, _ in found["model"].blobs()] == [
        f"modelpress/{found['model'].sha256}/model/a",
        f"modelpress/{found['model'].sha256}/model/sub/b",
    ]


def test_the_digest_is_that_of_sha256sums() -> None:
    [content] = contents_of(bundle(model__b="2", model__a="1"), ["model"]).values()
    sums = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in (("a", "1"), ("b", "2")))
    assert content.sha256 == hashlib.sha256(sums.encode()).hexdigest()


def test_names_and_bytes_both_count() -> None:
    digests = {
        contents_of(bundle(**files), ["model"])["model"].sha256
        for files in ({"model__a": "1"}, {"model__a": "2"}, {"model__b": "1"}, {"model__a": "1", "model__b": ""})
    }
    assert len(digests) == 4


def test_a_file_is_a_content_too() -> None:
    one = Bundle.of({"model/model.onnx": RenderedText(b"m")})
    content = contents_of(one, ["model/model.onnx"])["model/model.onnx"]
    assert list(content.files) == [""]
    assert [name for name, _, _ in content.blobs()] == [f"modelpress/{content.sha256}/model.onnx"]


def test_what_is_not_there_has_no_files() -> None:
    assert files_at(bundle(model__a="1"), "mode") == {}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    gone = Bundle.of({"model/a": ExistingFile(tmp_path / "gone", 3)})
    with pytest.raises(ModelpressError, match="model/a cannot be read"):
        contents_of(gone, ["model"])
