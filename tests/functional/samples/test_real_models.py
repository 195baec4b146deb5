"""Real models: the Python sample agrees with their golden vectors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.real_models
def test_the_python_sample_agrees(real_project: Path) -> None:
    program = [sys.executable, "-W", "error", real_project / "samples" / "python" / "sample.py", "--check"]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "check passed" in done.stderr
