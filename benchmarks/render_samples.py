"""What the samples in five languages add to rendering a project: with the set `samples` against without it.

Paired: both are rendered and written in turns, in one process and as whole processes, and the
figure is the median of the differences. The bytecode caches of Python and of the templates are
warm, as on the second use; golden vectors are left out of both, since they are no part of it.

    python benchmarks/render_samples.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from modelpress import pipeline
from modelpress.packaging.chosen import Request, candidate_of_rank, choose
from modelpress.packaging.rendering import Rendering
from modelpress.templating import ProjectContext, search_path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "single-model" / "model.onnx"
WITHOUT = ("candidate", "ranking", "readme")
WITH = (*WITHOUT, "samples")
TARGET = 50.0  # ms more

Render = Callable[[tuple[str, ...], Path], object]


def in_this_process(sets: tuple[str, ...], target: Path) -> None:
    chosen = choose(Request(MODEL), candidate_of_rank(1))
    rendering = Rendering.of(ProjectContext("benchmark", "1"), search_path(), sets, {})
    pipeline.execute(pipeline.plan_project(chosen, rendering, pipeline.Target(target)))


def in_a_process(sets: tuple[str, ...], target: Path) -> None:
    command = [str(Path(sys.executable).with_name("modelpress")), "render", "-q", "--no-golden", str(MODEL)]
    command += [part for name in sets for part in ("-t", name)]
    subprocess.run([*command, "-o", str(target)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def milliseconds(render: Render, sets: tuple[str, ...], folder: Path) -> float:
    target = folder / "project"
    started = time.perf_counter()
    render(sets, target)
    taken = time.perf_counter() - started
    shutil.rmtree(target)
    return taken * 1000


def measure(what: str, render: Render, folder: Path, rounds: int) -> None:
    pairs = []
    for number in range(rounds + 1):
        order = (WITHOUT, WITH) if number % 2 else (WITH, WITHOUT)
        taken = {sets: milliseconds(render, sets, folder) for sets in order}
        if number:  # the first fills the caches
            pairs.append((taken[WITHOUT], taken[WITH]))
    without, with_them = (statistics.median(column) for column in zip(*pairs, strict=True))
    more = statistics.median(one[1] - one[0] for one in pairs)
    verdict = "met" if more < TARGET else "MISSED"
    print(
        f"{what}: {without:.0f} ms without, {with_them:.0f} ms with samples: "
        f"{more:.1f} ms more, target under {TARGET:g} ms: {verdict}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=21)
    rounds = options.parse_args().rounds
    print(f"load {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors; {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder:
        measure("one process", in_this_process, Path(folder), rounds)
        measure("whole processes", in_a_process, Path(folder), rounds)


if __name__ == "__main__":
    main()
