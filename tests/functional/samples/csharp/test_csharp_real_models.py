"""Real models: the C# sample agrees with their golden vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.real_models
def test_the_csharp_sample_agrees(open_project: Callable[[Path], Any], real_project: Path) -> None:
    outcome = open_project(real_project).call("--check")
    assert outcome.outputs
    assert "check passed" in outcome.stderr
