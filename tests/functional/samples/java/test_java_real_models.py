"""Real models: the Java sample agrees with their golden vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.real_models
def test_the_java_sample_agrees(open_project: Callable[[Path], Any], real_project: Path) -> None:
    answer = open_project(real_project).call("--check")
    assert answer.outputs
    assert "check passed" in answer.stderr
