"""Template sets made of a few files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelpress.templating import Layer, Sets, load_sets

Load = Callable[[Mapping[str, str]], Sets]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes files named `layer/set/path` and loads the sets: the layers are near, middle and far."""

    def write_and_load(files: Mapping[str, str]) -> Sets:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        layers = [Layer(name, tmp_path / name) for name in ("near", "middle", "far") if (tmp_path / name).is_dir()]
        return load_sets(layers)

    return write_and_load


@pytest.fixture(autouse=True)
def private_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Compiled templates of a test go to a folder of its own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder
