"""Bundles made of an Olive configuration, and a model to make them of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelpress.bundle import Bundle
from modelpress.packaging.azure_options import SetWishes
from modelpress.packaging.chosen import Chosen, Request, choose
from modelpress.packaging.rendering import Rendering
from modelpress.templating import ProjectContext, search_path

DATA = Path(__file__).parents[2] / "data" / "olive"
SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"


@pytest.fixture(scope="session")
def candidates() -> Chosen:
    """Four candidates on one accelerator and two on another, with the models of all."""
    return choose(Request(DATA / "0.7.1.1-multiep-zip"))


@pytest.fixture(scope="session")
def rendering() -> Callable[[SetWishes], Rendering]:
    return lambda wishes: Rendering.of(ProjectContext("digits", "1"), search_path(), wishes.sets, wishes.variables)


@pytest.fixture
def code_folder(tmp_path: Path) -> Path:
    """A folder with a scoring script."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "score.py").write_text(SCRIPT)
    return folder


@pytest.fixture(scope="session")
def document() -> Callable[[Bundle, str], dict[str, Any]]:
    """The YAML at a path of a bundle."""

    def read(bundle: Bundle, path: str) -> dict[str, Any]:
        with bundle.entries[path].open() as source:
            found: dict[str, Any] = yaml.safe_load(source)
        return found

    return read
