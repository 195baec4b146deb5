"""Real models: the C++ sample agrees with their golden vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.real_models
def test_the_cpp_sample_agrees(program: Any, real_project: Path) -> None:
    golden = real_project / "golden" / "golden.json"
    outcome = program.call("--model", real_project / "model" / "model.onnx", "--inputs", golden, "--check")
    assert outcome.outputs
    assert "check passed" in outcome.stderr
