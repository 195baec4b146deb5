"""Samples are proved side by side: in the first way that this computer has, each with its own finding."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modelpress.proving.languages import LANGUAGES, Way
from modelpress.proving.report import Finding
from modelpress.proving.samples import check_samples

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs here are shell scripts")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with golden vectors and no sample."""
    folder = tmp_path / "bundle"
    (folder / "golden").mkdir(parents=True)
    (folder / "golden" / "golden.json").touch()
    return folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Makes a program; those that are made here and a shell are all that is on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "unshare", "true"):
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CSHARP_TOOLCHAIN", raising=False)

    def make(name: str, script: str) -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return make


def sample(bundle: Path, language: str, source: str = "") -> None:
    way = LANGUAGES[language].ways[0]
    place = bundle / "samples" / language / way.source
    place.parent.mkdir(parents=True)
    place.write_text(source)


def prove(bundle: Path) -> dict[str, Finding]:
    (bundle.parent / "home").mkdir(exist_ok=True)
    return {found.what: found for found in check_samples(bundle, bundle.parent / "home")}


def test_a_failure_does_not_hide_what_became_of_the_others(bundle: Path, program: Callable[[str, str], Path]) -> None:
    program("cmake", "echo 'cannot compile' >&2; exit 2")
    program("npm", "exit 0")
    program("node", "echo 'check passed'")
    for language in ("cpp", "javascript", "java"):
        sample(bundle, language)
    sample(bundle, "python", "raise SystemExit('wrong')")
    found = prove(bundle)
    assert {what: one.status for what, one in found.items()} == {
        "samples/python": "failed",
        "samples/cpp": "failed",
        "samples/java": "skipped",
        "samples/javascript": "passed",
    }
    assert found["samples/cpp"].detail == "`cmake -S . -B build` ended with 2:\ncannot compile"
    assert found["samples/java"].detail == "not on the PATH: javac, java, mvn"
    assert found["samples/java"].hint == "Install a JDK 17 and Maven."


def test_the_first_way_that_there_is_builds_a_sample(
    bundle: Path, program: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(bundle, "csharp")
    assert prove(bundle)["samples/csharp"].detail == "not on the PATH: dotnet"
    program("dotnet", '[ "$1" = --list-sdks ] || exit 3')
    assert prove(bundle)["samples/csharp"].detail == "`dotnet --list-sdks` finds nothing"
    program("toolchain/compile", 'echo "compile $*" > built')
    toolchain = program("toolchain/dotnet", 'echo "$(cat built), run $*"').parent
    program("cat", "read line < $1; echo $line")
    monkeypatch.setenv("CSHARP_TOOLCHAIN", str(toolchain))
    assert prove(bundle)["samples/csharp"].detail == "compile . build, run build/Sample.dll --check"
    program("dotnet", 'case $1 in --list-sdks) echo 8.0.4;; *) echo "sdk $*";; esac')
    assert prove(bundle)["samples/csharp"].detail == "sdk build/Sample.dll --check"


def test_a_library_that_lacks_is_no_failure(bundle: Path, program: Callable[[str, str], Path]) -> None:
    program("cmake", "echo 'Could NOT find onnxruntime'; exit 1")
    sample(bundle, "cpp")
    found = prove(bundle)["samples/cpp"]
    assert (found.status, found.detail) == ("skipped", "`cmake -S . -B build` lacks a library or a compiler")


@pytest.mark.parametrize(
    "way", [pytest.param(way, id=name) for name, language in LANGUAGES.items() for way in language.ways]
)
def test_what_a_way_calls_is_looked_for(way: Way) -> None:
    called = {command[0] for command in (*way.builds, *([way.proof] if way.proof else []))}
    assert called <= set(way.tools)
