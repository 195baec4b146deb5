"""Projects per second that `modelpress render --matrix` makes of the small example, and that a second run keeps.

The matrix is the single model times as many versions of the project. Time is that of the whole command, start-up of
its processes included. What comes before (compiled templates, golden vectors) is in the user's cache after the first
projects, as it is for whoever rendered anything before.

    python benchmarks/render_fleet.py [--projects N] [--jobs N] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODEL = Path(__file__).resolve().parents[1] / "examples" / "single-model" / "model.onnx"
TARGET = 50.0  # projects per second on 2 cores


def write_matrix(folder: Path, count: int) -> Path:
    axes = {"source": [str(MODEL)], "project.version": [str(number) for number in range(count)]}
    path = folder / f"matrix-{count}.json"
    path.write_text(json.dumps({"axes": axes, "output": "out"}))
    return path


def seconds(matrix: Path, jobs: int) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "modelpress", "render", "--matrix", str(matrix), "--jobs", str(jobs), "-q"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def profile(folder: Path, count: int) -> None:
    """Where the time of one worker goes."""
    from modelpress.cli.fleets.jobs import Order, jobs_of
    from modelpress.cli.fleets.making import make_project
    from modelpress.cli.options import Selection
    from modelpress.fleet.matrix import read_matrix

    matrix = read_matrix(write_matrix(folder, count))
    first, *others = jobs_of(matrix.members, Selection(None, {}, trust=False), {}, Order(str(folder / "profiled")))
    make_project(first)
    started = time.process_time()
    profiler = cProfile.Profile()
    plain, measured = others[: len(others) // 2], others[len(others) // 2 :]
    for job in plain:
        make_project(job)
    print(f"{(time.process_time() - started) / len(plain) * 1000:.1f} ms of processor time a project")
    profiler.enable()
    for job in measured:
        make_project(job)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumtime").print_stats("modelpress", 60)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--projects", type=int, default=1000)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--profile", action="store_true", help="Say instead where the time of a worker goes.")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["XDG_CACHE_HOME"] = os.environ["XDG_STATE_HOME"] = place
        if given.profile:
            profile(folder, given.projects)
            return
        seconds(write_matrix(folder, 1), given.jobs)
        matrix = write_matrix(folder, given.projects)
        load = os.getloadavg()[0]
        used = os.times()
        made = seconds(matrix, given.jobs)
        now = os.times()
        processor = now.children_user + now.children_system - used.children_user - used.children_system
        kept = seconds(matrix, given.jobs)
        rate = given.projects / made
        print(f"load {load:.1f}; {given.projects} projects, {given.jobs} processes")
        print(f"{rate:.0f} projects per second, target {TARGET:g}: {'met' if rate >= TARGET else 'MISSED'}")
        each = processor / given.projects
        idle = f"{given.jobs / each:.0f} per second on {given.jobs} cores that do nothing else"
        print(f"{each * 1000:.1f} ms of processor time a project, of every process: {idle}")
        print(f"the same again, all of them kept: {given.projects / kept:.0f} per second")


if __name__ == "__main__":
    main()
