"""The Python sample agrees with the golden vectors on the operator cases that the onnx package generates."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MODEL = HERE.parents[2] / "examples" / "single-model" / "model.onnx"
AT_LEAST = 1000  # of the 1,884 cases; the others are of newer opsets, or do not run on made-up values


def test_every_case_that_runs_passes_its_check(render_golden: Callable[..., Any]) -> None:
    project = render_golden(MODEL)
    command = [sys.executable, str(HERE / "node_cases.py"), str(project.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["failed"] == {}
    assert result["passed"] >= AT_LEAST
