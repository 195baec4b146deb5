"""Starting: `modelpress --help` against `python -c pass`, and `package` of the small example in a cold process.

Whole processes that take turns; figures are medians. The bytecode caches of Python and of the
templates are warm, as on the second use.

    python benchmarks/start_up.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "olive-run" / "run"


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    script = str(Path(sys.executable).with_name("modelpress"))
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "pass": [sys.executable, "-c", "pass"],
            "help": [script, "--help"],
            "rank": [script, "rank", "-q", str(EXAMPLE)],
            "package": [script, "package", "-q", str(EXAMPLE), "-o", folder],
        }
        times = [{name: seconds(command) for name, command in commands.items()} for _ in range(rounds + 1)][1:]
    print(f"load {os.getloadavg()[0]:.1f}; {os.cpu_count()} processors; {rounds} rounds")
    for name in commands:
        taken = [one[name] for one in times]
        ratio = statistics.median(one[name] / one["pass"] for one in times)
        low, high = min(taken) * 1000, max(taken) * 1000
        print(f"{name:8} {statistics.median(taken) * 1000:7.0f} ms ({low:.0f} to {high:.0f})  {ratio:5.1f} x pass")
    print("targets: help at most 5 x pass; package under 1000 ms")


if __name__ == "__main__":
    main()
