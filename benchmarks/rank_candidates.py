"""Read and rank a JSON list of candidates: 10,000 in under a second, and no quadratic step up to 100,000.

Each size runs in a process of its own, so that nothing that one left in memory slows the next.
The time is that of the process's CPU, from the file to the ranking, the best of `--repeat`
runs; starting Python is not part of it, importing what reading needs is. Three objectives.

    spread   values at random: few candidates are on the front
    front    every candidate is on the front, the worst case of finding it
    ties     ten distinct values of each metric, and tolerances: the worst case of grouping
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = ("spread", "front", "ties")
SIZES = (10_000, 20_000, 50_000, 100_000)
TARGET = (10_000, 1.0)  # candidates, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each case and size; the best counts")
    parser.add_argument("--one", nargs=2, metavar=("CASE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]))))
        return
    print(f"{'case':8}{'candidates':>12}{'JSON MB':>10}{'read s':>10}{'rank s':>10}{'both s':>10}{'against half':>14}")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            report(case, Path(folder), options.repeat)


def report(case: str, folder: Path, repeat: int) -> None:
    before: tuple[int, float] | None = None
    for size in SIZES:
        listing = folder / f"{case}-{size}.json"
        listing.write_text(json.dumps(candidates(case, size)))
        command = [sys.executable, __file__, "--one", case, str(listing)]
        runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(repeat)]
        read, rank = min(runs, key=sum)
        # The factor for twice as many: 2 where the step is linear, 4 where it is quadratic.
        growth = f"x {((read + rank) / before[1]) ** (1 / math.log2(size / before[0])):.2f}" if before else ""
        before = (size, read + rank)
        verdict = ""
        if size == TARGET[0]:
            verdict = f"  target {TARGET[1]:g} s: {'met' if read + rank < TARGET[1] else 'MISSED'}"
        megabytes = listing.stat().st_size / 1e6
        print(f"{case:8}{size:12}{megabytes:10.1f}{read:10.2f}{rank:10.2f}{read + rank:10.2f}{growth:>14}{verdict}")


def candidates(case: str, size: int) -> dict[str, object]:
    chance = random.Random(size)  # noqa: S311 - the same list each time
    entries = []
    for index in range(size):
        latency, megabytes = chance.random(), chance.random()
        accuracy = latency + megabytes if case == "front" else chance.random()
        figures = {"latency-avg": latency, "size-mb": megabytes, "accuracy": accuracy}
        if case == "ties":
            figures = {name: round(value, 1) for name, value in figures.items()}
        figures["latency-p90"] = latency * 1.2
        entries.append({"id": f"{index:08x}", "model": f"models/{index:08x}/model.onnx", "metrics": figures})
    rules = {
        "latency-avg": {"priority": 1, "higher_is_better": False},
        "size-mb": {"priority": 2, "higher_is_better": False},
        "accuracy": {"priority": 3, "higher_is_better": True},
    }
    return {"metrics": rules, "candidates": entries}


def measure(case: str, listing: Path) -> tuple[float, float]:
    """CPU seconds of reading and of ranking."""
    started = time.process_time()
    from modelpress.candidates import parse_policy, rank, read

    found = read(listing)
    halfway = time.process_time()
    ranking = rank(found, parse_policy(tolerance=["latency-avg=5%", "size-mb=0.15"] if case == "ties" else []))
    done = time.process_time()
    if len(ranking.entries) != len(found.candidates):
        raise SystemExit(f"{len(ranking.entries)} of {len(found.candidates)} were ranked")
    return halfway - started, done - halfway


if __name__ == "__main__":
    main()
