"""The built wheel, in a clean environment outside the checkout, does the main job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """Nothing of the checkout and its environment shows."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "MODELPRESS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=ignored)
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(source)]  # the wheel from the sdist
    subprocess.run(command, check=True, capture_output=True, env=environment())
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_every_template_and_nothing_else_of_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    templates = {
        f"modelpress/templates/{path.relative_to(ROOT / 'templates').as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert templates <= names
    assert {name for name in names if name.startswith("modelpress/templates/")} == templates
    assert all(name.startswith("modelpress/") for name in names)


def test_the_installed_wheel_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", f"{wheel}[cpu]"]
    subprocess.run(install, check=True, capture_output=True, env=environment())
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    done = subprocess.run(
        [str(python), str(tmp_path / "examples" / "olive-run" / "walkthrough.py")],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("takes input tensor(float)") == 4
    assert "logits" in done.stdout
    shown = subprocess.run(
        [str(scripts / "modelpress"), "templates", "list"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "samples" in shown.stdout
