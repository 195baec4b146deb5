"""What is compressed: text always, weights where samples say that it pays."""

import os
from pathlib import Path

import pytest

from modelpress.bundle import Entry, ExistingFile, RenderedText
from modelpress.config.package_types import Compression
from modelpress.errors import ModelpressError
from modelpress.executors.compression import method_for, sampled_ratio

SIZE = 3 << 20


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Entry]:
    contents = {
        "random": os.urandom(SIZE),
        "int8": bytes(value & 0x3F for value in os.urandom(SIZE)),  # 6 of 8 bits used
        "late": os.urandom(SIZE // 2) + bytes(SIZE // 2),
        "short": b"\0" * 1000,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    found: dict[str, Entry] = {name: ExistingFile(tmp_path / name, len(text)) for name, text in contents.items()}
    return {**found, "text": RenderedText(b"text"), "empty": RenderedText(b"")}


@pytest.mark.parametrize(
    ("compression", "deflated"),
    [
        ("default", {"text"}),
        ("store", set()),
        ("deflate", {"random", "int8", "late", "short", "text"}),
        ("auto", {"int8", "late", "short", "text"}),
    ],
)
def test_the_choice(files: dict[str, Entry], compression: Compression, deflated: set[str]) -> None:
    assert {path for path, entry in files.items() if method_for(path, entry, compression) == "deflate"} == deflated


def test_samples_come_from_the_whole_file(files: dict[str, Entry]) -> None:
    assert sampled_ratio("late", files["late"]) == pytest.approx(0.5, abs=0.04)
    assert sampled_ratio("random", files["random"]) == pytest.approx(1.0, abs=0.01)
    assert sampled_ratio("short", files["short"]) < 0.1


def test_a_file_that_went_away_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelpressError, match=r"model/gone\.onnx cannot be read"):
        method_for("model/gone.onnx", ExistingFile(tmp_path / "gone.onnx", 5), "auto")
