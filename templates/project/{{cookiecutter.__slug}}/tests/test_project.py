"""What every change of this repository must pass: CI runs it, and so does `make test`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def modelpress(*arguments: str) -> None:
    """Run modelpress in the repository; what it prints is shown where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "modelpress", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_configuration_is_understood() -> None:
    modelpress("config")


def test_our_own_templates_have_no_mistakes() -> None:
    ours = [path.name for path in sorted((ROOT / "templates").iterdir()) if path.is_dir()]
    modelpress("templates", "list")
    if ours:
        modelpress("templates", "check", *ours)


def test_what_is_deployed_runs_and_returns_its_golden_outputs() -> None:
    if not (ROOT / "deploy").exists():
        pytest.skip("nothing is rendered yet: name a source in modelpress.yaml and run `make render`")
    # Without "manifest": you may edit what is rendered, and `modelpress status deploy` lists where you did.
    modelpress("verify", "deploy", "--trust", "--only", "azure,models,samples,scoring")
