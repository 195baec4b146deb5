"""Template sets made of a few files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


SSH = """#!/bin/sh
shift
exec sh -c "$*"
"""  # the computer that it would go to is this one


@dataclass(frozen=True)
class Elsewhere:
    """A repository and zips that hold layers."""

    top: Path

    @property
    def repository(self) -> Path:
        return self.top / "acme-templates.git"

    @property
    def address(self) -> str:
        return f"ssh://computer{self.repository}"

    def git(self, *arguments: str, given: str = "") -> str:
        identity = ("user.name=Somebody", "user.email=somebody@example.com", "protocol.file.allow=always")
        settings = [part for setting in identity for part in ("-c", setting)]
        command = ["git", *settings, "-C", str(self.repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, input=given).stdout.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        """Write the files and commit them: the commit."""
        for name, content in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")
        return self.git("rev-parse", "HEAD")

    def zip(self, name: str, members: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> tuple[Path, str]:
        """A zip and its SHA-256."""
        path = self.top / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members:
                archive.writestr(member, content)
        return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require_tool: Callable[[str], str]) -> Elsewhere:
    """An empty repository that git reaches over ssh, whose other end is here."""
    require_tool("git")
    script = tmp_path / "ssh.sh"
    script.write_text(SSH, encoding="utf-8")
    script.chmod(0o700)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    made = Elsewhere(tmp_path)
    made.repository.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    return made
