"""Builds and runs the samples of a bundle, each with --check."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from modelpress.proving.processes import Ended, build, run
from modelpress.proving.report import Finding

FOLDERS = ("samples", "SampleCode")  # in a rendered project, in Olive's zip layout
GOLDEN = ("golden/golden.json", "SampleCode/golden/golden.json")
UNABLE = re.compile(r"cannot run this model because (.+)")  # what a sample says of a model that its language lacks


@dataclass(frozen=True, slots=True)
class Language:
    """How the sample of one language is built and run, in its own folder.

    `source` is the file without which there is no sample; `tools` are programs on the PATH,
    `missing` says how to get them. What a failed build prints matches `lacks` where a library
    is not there.
    """

    source: str
    tools: tuple[str, ...]
    missing: str
    builds: tuple[tuple[str, ...], ...]
    runs: tuple[str, ...]
    lacks: str = "(?!)"


LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        source="sample.py",
        tools=(),
        missing="Install modelpress[cpu].",
        builds=(),
        runs=(sys.executable, "sample.py", "--check"),
    ),
    "cpp": Language(
        source="CMakeLists.txt",
        tools=("cmake",),
        missing="Install CMake and a C++ compiler, nlohmann_json and ONNX Runtime's C++ package; ORT_ROOT may name it.",
        builds=(("cmake", "-S", ".", "-B", "build"), ("cmake", "--build", "build")),
        runs=("build/model_sample", "--check"),
        lacks=r"Could not find a package configuration file|Could NOT find|No CMAKE_CXX_COMPILER",
    ),
    "csharp": Language(
        source="Sample.csproj",
        tools=("dotnet",),
        missing="Install the .NET SDK.",
        builds=(("dotnet", "build", "--configuration", "Release", "--output", "build"),),
        runs=("dotnet", "build/Sample.dll", "--check"),
    ),
    "java": Language(
        source="pom.xml",
        tools=("javac", "java", "mvn"),
        missing="Install a JDK 17 and Maven.",
        builds=(("mvn", "-q", "-B", "package"),),
        runs=("java", "-jar", "target/sample.jar", "--check"),
    ),
    "javascript": Language(
        source="sample.mjs",
        tools=("node", "npm"),
        missing="Install Node.js 20 or later, with npm.",
        builds=(("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"),),
        runs=("node", "sample.mjs", "--check"),
    ),
}


def check_samples(folder: Path, home: Path) -> tuple[Finding, ...]:
    """Build and run every sample of the bundle, all languages side by side."""
    found = [
        (name, language, folder / top / name)
        for top in FOLDERS
        for name, language in LANGUAGES.items()
        if (folder / top / name / language.source).is_file()
    ]
    if not found:
        return (Finding("samples", "skipped", "there is no sample in the bundle"),)
    if not any((folder / golden).is_file() for golden in GOLDEN):
        return (Finding("samples", "skipped", "there are no golden vectors to compare with", "Render with --golden."),)
    with ThreadPoolExecutor(max_workers=2) as pool:
        return tuple(pool.map(lambda one: _check(one, home), found))


def _check(sample: tuple[str, Language, Path], home: Path) -> Finding:
    name, language, folder = sample
    what = f"samples/{name}"
    absent = [tool for tool in language.tools if shutil.which(tool) is None]
    if absent:
        return Finding(what, "skipped", f"not on the PATH: {', '.join(absent)}", language.missing)
    for command in language.builds:
        ended = build(command, folder)
        if ended.code != 0 and re.search(language.lacks, ended.output):
            return Finding(what, "skipped", f"`{' '.join(command)}` lacks a library or a compiler", language.missing)
        if ended.code != 0:
            return _failed(what, command, ended)
    ended = run(language.runs, folder, home=home)
    unable = UNABLE.search(ended.output)
    if ended.code != 0 and unable:
        return Finding(what, "skipped", f"{name} cannot run this model because {unable[1]}")
    return _failed(what, language.runs, ended) if ended.code != 0 else Finding(what, "passed", ended.tail)


def _failed(what: str, command: Sequence[str], ended: Ended) -> Finding:
    how = "ran out of time" if ended.code is None else f"ended with {ended.code}"
    return Finding(what, "failed", f"`{' '.join(command)}` {how}:\n{ended.tail}")
