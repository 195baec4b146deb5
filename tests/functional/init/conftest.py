"""Skeletons written by the tests, and the two commands that make projects of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
Files = Mapping[str, str | bytes | Path]
"""Path to content; a Path is what a symlink points to, and a text that begins with #! becomes executable."""


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Place:
    """A working folder and a home folder of their own."""

    top: Path

    @property
    def here(self) -> Path:
        return self.top / "here"

    @property
    def home(self) -> Path:
        return self.top / "home"

    def environment(self, **more: str) -> dict[str, str]:
        hidden = ("MODELPRESS_", "GIT_", "COOKIECUTTER", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        temporary = {"TMPDIR": str(self.top / "tmp"), "XDG_CACHE_HOME": str(self.top / "cache")}
        return {**kept, "HOME": str(self.home), "COLUMNS": "200", **temporary, **more}

    def run(self, *command: object, answers: str = "", **environment: str) -> Outcome:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.here,
            env=self.environment(**environment),
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def init(self, *arguments: object, answers: str = "", **environment: str) -> Outcome:
        return self.run(sys.executable, "-m", "modelpress", "init", *arguments, answers=answers, **environment)

    def cookiecutter(self, *arguments: object, **environment: str) -> Outcome:
        return self.run(sys.executable, "-m", "cookiecutter", *arguments, **environment)

    def skeleton(self, files: Files, variables: Mapping[str, Any], name: str = "skeleton") -> Path:
        """A skeleton in a folder beside the working folder."""
        folder = self.top / name
        write(folder, {"cookiecutter.json": json.dumps(variables), **files})
        return folder

    def zipped(self, folder: Path) -> Path:
        path = folder.with_suffix(".zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.mkdir(folder.name)
            for file in sorted(folder.rglob("*")):
                archive.write(file, file.relative_to(folder.parent))
        return path

    def committed(self, folder: Path) -> str:
        """The folder as a git repository: its URL."""
        self.git(folder, "init", "--quiet", "--initial-branch=main")
        self.git(folder, "add", "--all")
        self.commit(folder, "First")
        return folder.as_uri()

    def commit(self, folder: Path, message: str) -> str:
        self.git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
        return self.git(folder, "rev-parse", "HEAD").strip()

    def git(self, folder: Path, *arguments: str) -> str:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        done = subprocess.run(
            ["git", *identity, "-C", str(folder), *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @staticmethod
    def snapshot(folder: Path) -> dict[str, object]:
        """Every folder and file below: its mode and its bytes."""
        found: dict[str, object] = {}
        for path in sorted(folder.rglob("*")):
            link = path.readlink() if path.is_symlink() else None
            content = path.read_bytes() if link is None and path.is_file() else link
            found[path.relative_to(folder).as_posix()] = (oct(path.lstat().st_mode), content)
        return found

    def left_behind(self) -> list[str]:
        """What lies in the home folder and among the temporary files."""
        return [str(path.relative_to(self.top)) for name in ("home", "tmp") for path in (self.top / name).iterdir()]


def write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            place.symlink_to(content)
            continue
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        if isinstance(content, str) and content.startswith("#!"):
            place.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("here", "home", "tmp", "cache"):
        (tmp_path / name).mkdir()
    return Place(tmp_path)


@pytest.fixture
def run_folder(place: Place) -> Path:
    """A small Olive run in the working folder."""
    return Path(shutil.copytree(EXAMPLES / "olive-run" / "run", place.here / "run"))
