"""Every Python file that the built-in template sets write is clean: ruff finds nothing in it, nor does strict mypy."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from modelpress.templating import RenderContext, TemplateSet, load_sets, render_sets, resolve_settings, search_path
from modelpress.templating.checking.specimens import sample_contexts

RULES = "A,ARG,B,C4,C90,E,F,FBT,FURB,I,N,PERF,PIE,PLC,PLE,PLR,PLW,PTH,PYI,RET,RSE,RUF,S,SIM,SLF,T10,UP,W"
NAMES = ("ordinary", "hostile", "bare", "genai")
CONTEXTS = dict(zip(NAMES, sample_contexts(), strict=True))
BUILT_IN = load_sets(search_path())


def write_python(template_set: TemplateSet, context: RenderContext, folder: Path) -> list[Path]:
    """Write what the set renders of Python; the files."""
    settings = resolve_settings([template_set], {})
    files = []
    for path, entry in render_sets(replace(context, settings={**context.settings, **settings}), [template_set]).items():
        if path.endswith(".py"):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with entry.open() as source:
                file.write_bytes(source.read())
            files.append(file)
    return files


def programs(files: list[Path]) -> list[Path]:
    """The folders that programs are run in: those with Python files, and none above, or with several of these."""
    folders = {file.parent for file in files}
    tops = [folder for folder in folders if not folders & set(folder.parents)]
    beside = Counter(folder.parent for folder in tops)
    return sorted({folder.parent if beside[folder.parent] > 1 else folder for folder in tops})


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of libraries, for all runs."""
    return tmp_path_factory.mktemp("mypy")


def cases() -> Iterator[tuple[str, str]]:
    """The sets that write Python, and the contexts that they write it for."""
    for name, template_set in BUILT_IN.items():
        if any(source.removesuffix(".jinja").endswith(".py") for source in template_set.sources()):
            yield from ((name, which) for which in NAMES)


def test_there_is_a_python_sample() -> None:
    assert {("samples", which) for which in NAMES} <= set(cases())


@pytest.mark.parametrize(("name", "which"), [*cases()])
def test_every_python_file_is_clean(name: str, which: str, tmp_path: Path, cache: Path) -> None:
    files = write_python(BUILT_IN[name], CONTEXTS[which], tmp_path)
    assert files or which == "genai"  # which no scoring script runs
    for folder in programs(files):
        # Names of a model may be longer than a line.
        run("ruff", "check", "--isolated", "--select", RULES, "--ignore", "E501", ".", folder=folder)
        if which in {"ordinary", "genai"}:
            run("ruff", "format", "--isolated", "--diff", ".", folder=folder)
        modules = sorted(str(file.relative_to(folder)) for file in files if folder in file.parents)
        options = ("--strict", "--config-file=", f"--cache-dir={cache}", "--explicit-package-bases")
        run("mypy", *options, "--ignore-missing-imports", *modules, folder=folder)


def run(tool: str, *arguments: str, folder: Path) -> None:
    command = [sys.executable, "-m", tool, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
