"""A small bundle with every kind of entry, and a project's lock."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from modelpress.bundle import Bundle, Digest, Entry, ExistingFile, RenderedText, sha256sums


def lock(digests: Mapping[str, Digest]) -> bytes:
    files = {path: {"sha256": digest.sha256, "size": digest.size} for path, digest in digests.items()}
    return json.dumps({"files": files}).encode()


@pytest.fixture
def weights(tmp_path: Path) -> ExistingFile:
    """Two and a half chunks of bytes that do not compress, with the mode that ONNX gives external data."""
    path = tmp_path / "source" / "weights.bin"
    path.parent.mkdir()
    path.write_bytes(os.urandom(640 * 1024))
    path.chmod(0o600)
    return ExistingFile(path, 640 * 1024)


@pytest.fixture
def entries(weights: ExistingFile) -> dict[str, Entry]:
    return {
        "README.md": RenderedText("# Größe\n".encode() * 100),
        "samples/python/run.py": RenderedText(b"#!/usr/bin/env python3\n", executable=True),
        "model/weights.bin": weights,
        "model/again.bin": weights,
        "model/empty.bin": RenderedText(b"", is_text=False),
        "größe/模型.txt": RenderedText(b"text"),
    }


@pytest.fixture
def bundle(entries: dict[str, Entry]) -> Bundle:
    return Bundle.of(entries, {"modelpress.lock": lock, "SHA256SUMS": sha256sums})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder to write in, so that a test can say what else is there."""
    path = tmp_path / "out"
    path.mkdir()
    return path
