"""Rendering a project in process, template cache warm, against cookiecutter's API on a tree of the same size.

The tree for cookiecutter has as many files with as many bytes, each with one expression.
Both render and write into a new folder and take turns; a ratio is the median of the ratios of
each round. modelpress also copies the model and writes the lock, cookiecutter does neither.

    python benchmarks/render_project.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cookiecutter.main import cookiecutter

from modelpress import pipeline
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.project import DEFAULT_SETS
from modelpress.packaging.rendering import Rendering
from modelpress.templating import ProjectContext, search_path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "single-model" / "model.onnx"
TARGET = 4.0  # times faster


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def skeleton_like(project: Path, folder: Path) -> Path:
    """A cookiecutter template of the size of a rendered project."""
    tree = folder / "skeleton" / "{{cookiecutter.name}}"
    for path in (path for path in project.rglob("*") if path.is_file() and path.suffix != ".onnx"):
        copy = tree / path.relative_to(project)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8").replace("{", "(").replace("}", ")")
        copy.write_text("{{ cookiecutter.name }}\n" + text, encoding="utf-8")
    (folder / "skeleton" / "cookiecutter.json").write_text('{"name": "project"}')
    return folder / "skeleton"


def measure(folder: Path, rounds: int) -> None:
    chosen = choose(Request(MODEL), candidate_of_rank(1))
    target = folder / "ours"

    def ours() -> None:
        rendering = Rendering.of(ProjectContext("benchmark", "1"), search_path(), DEFAULT_SETS, {})
        pipeline.execute(pipeline.plan_project(chosen, rendering, pipeline.Target(target)))

    ours()
    skeleton = skeleton_like(target, folder)
    theirs_folder = folder / "theirs"

    def theirs() -> None:
        cookiecutter(str(skeleton), no_input=True, output_dir=str(theirs_folder))

    ratios, times = [], []
    for number in range(rounds + 1):
        shutil.rmtree(target)
        shutil.rmtree(theirs_folder, ignore_errors=True)
        pair = seconds(ours), seconds(theirs)
        if number:
            times.append(pair)
            ratios.append(pair[1] / pair[0])
    mine, other = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
    files = sum(1 for path in target.rglob("*") if path.is_file())
    print(f"load {os.getloadavg()[0]:.1f}; {rounds} rounds of {files} files")
    faster = statistics.median(ratios)
    verdict = "met" if faster >= TARGET else "MISSED"
    print(
        f"modelpress {mine:.1f} ms, cookiecutter {other:.1f} ms: {faster:.1f} x faster, target {TARGET:g} x: {verdict}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder  # cookiecutter leaves a replay file there
        measure(Path(folder), rounds)


if __name__ == "__main__":
    main()
