"""Writing a zip with its SHA-256 manifest, against `openssl dgst -sha256` of the same files.

3 files of 300 MB that do not compress and 200 small text files, whole processes, page cache
warm, no fsync. The two take turns; a ratio is the median of the ratios of each round, so that
what else the computer does hits both. Hashing alone is the floor: the writer also reads,
computes CRC-32 and writes.

    python benchmarks/write_zip.py [--rounds N] [--size MB] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

MB = 1_000_000
MODELS, TEXTS = 3, 200
WRITE = """
import sys
from pathlib import Path
from modelpress.bundle import Bundle, ExistingFile, sha256sums
from modelpress.executors import archive
source, target = map(Path, sys.argv[1:])
files = (path for path in source.rglob("*") if path.is_file())
entries = {
    path.relative_to(source).as_posix(): ExistingFile(path, path.stat().st_size, is_text=path.suffix == ".json")
    for path in files
}
archive.execute(archive.plan(Bundle.of(entries, {"SHA256SUMS": sha256sums}), target))
"""


@dataclass(frozen=True)
class Run:
    """What one process took: seconds by the clock and of the processors, peak memory in MB."""

    wall: float
    cpu: float
    peak: float


def run(command: list[str]) -> Run:
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MB)  # Linux counts in KiB


def make_files(folder: Path, size: int) -> list[Path]:
    for number in range(MODELS):
        model = folder / f"model-{number}" / "model.onnx"
        model.parent.mkdir()
        with model.open("wb") as weights:
            for _ in range(size):
                weights.write(os.urandom(MB))
    for number in range(TEXTS):
        (folder / f"{number}.json").write_text(f'{{"rank": {number}}}\n' * 100)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def measure(folder: Path, rounds: int, size: int) -> None:
    source, target = folder / "source", folder / "o.zip"
    source.mkdir()
    files = make_files(source, size)
    read = sum(path.stat().st_size for path in files)
    writing = [sys.executable, "-c", WRITE, str(source), str(target)]
    hashing = ["openssl", "dgst", "-sha256", *map(str, files)]
    pairs = []
    print(f"load {os.getloadavg()[0]:.1f} before", end=", ")
    for number in range(rounds + 1):
        pair = run(writing), run(hashing)
        written = target.stat().st_size
        target.unlink()
        if number:  # the first round warms the page cache
            pairs.append(pair)
    print(f"{os.getloadavg()[0]:.1f} after; {os.cpu_count()} processors, {rounds} rounds")
    show("time, against openssl dgst -sha256", [writer.wall / hasher.wall for writer, hasher in pairs])
    show("processor time, against the same", [writer.cpu / hasher.cpu for writer, hasher in pairs])
    print(f"{'bytes written, against bytes read':40} {written / read:.4f} x")
    print(f"{'peak memory of the whole process':40} {max(writer.peak for writer, _ in pairs):.0f} MB")


def show(what: str, ratios: list[float]) -> None:
    print(f"{what:40} {statistics.median(ratios):.2f} x  ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--size", type=int, default=300, help="MB of each of the three models")
    options.add_argument("--folder", type=Path, help="where to write; needs twice the size of the models")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        measure(Path(folder), given.rounds, given.size)


if __name__ == "__main__":
    main()
