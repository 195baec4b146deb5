"""Resolves the locks that come with modelpress anew: `.venv/bin/python toolchains/locks.py`.

There is a lock for each server, with all that any runtime needs besides, and one file with many
versions of every runtime, so that each of these goes with every server. uv resolves them for all
versions of Python at once; then every combination is tried on each version of Python, with wheels
for Linux, and what has no wheels for one is printed.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.version import Version

from modelpress.packaging.locks.lock import RUNTIMES, SERVERS
from modelpress.packaging.locks.lock_file import Lock, Pin

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "generator" / "modelpress" / "packaging" / "locks" / "shipped"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORM = "x86_64-manylinux_2_36"
# What the servers need beside the runtime, whatever model is rendered.
TEMPLATES = {
    "azure": "azure-online/scoring/requirements.txt.jinja",
    "azure-batch": "azure-batch/scoring/batch_requirements.txt.jinja",
    "v2": "docker/docker/_v2_packages.txt",
}
ML_DTYPES = "ml_dtypes==0.6.0"
# The oldest version that is locked of each package that runs models in Linux containers.
OLDEST = {
    "onnxruntime": "1.20",
    "onnxruntime-extensions": "0.13",
    "onnxruntime-gpu": "1.20",
    "onnxruntime-migraphx": "1.23",
    "onnxruntime-openvino": "1.20",
    "onnxruntime-rocm": "1.22",
}


def main() -> int:
    """Write every lock; those that are there are not looked at."""
    SHIPPED.mkdir(exist_ok=True)
    for path in SHIPPED.glob("*.txt"):
        path.unlink()
    runtimes = [
        runtime(package, version) for package, oldest in OLDEST.items() for version in versions(package, oldest)
    ]
    (SHIPPED / f"{RUNTIMES}.txt").write_text("".join(map(noted, runtimes)), encoding="utf-8")
    shared = sorted({name for pin in runtimes for name in pin.needs} | {ML_DTYPES})
    for server in SERVERS:
        text = compiled([*requirements_of(ROOT / "templates" / TEMPLATES[server]), *shared])
        (SHIPPED / f"{server}.txt").write_text(text, encoding="utf-8")
        lock = Lock.read(text)
        for pin in runtimes:
            print(f"{server} {pin.requirement}{''.join(tried(lock, pin))}")
    return 0


def versions(package: str, oldest: str) -> list[str]:
    """The versions of a package from `oldest` on, the newest first."""
    command = [sys.executable, "-m", "pip", "index", "versions", package, "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    listed = re.search(r"Available versions: (.*)", done.stdout)
    return [one for one in (listed[1].split(", ") if listed else []) if Version(one) >= Version(oldest)]


def runtime(package: str, version: str) -> Pin:
    """One version of a runtime, with the names of what it needs."""
    lock = Lock.read(compiled([f"{package}=={version}"]))
    (own,) = (pin for pin in lock.pins if pin.name == package)
    needs = frozenset(pin.name for pin in lock.pins if package in pin.because_of)
    return Pin(own.requirement, own.hashes, needs=needs)


def noted(pin: Pin) -> str:
    """The pin in a lock, with a note of what it needs."""
    return f"{pin.text}    # needs {' '.join(sorted(pin.needs))}\n"


def requirements_of(template: Path) -> list[str]:
    """The lines of a template that are requirements whatever is rendered."""
    lines = template.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match("[a-z]", line)]


def tried(server: Lock, pin: Pin) -> Iterator[str]:
    """The versions of Python for which the two cannot be installed together, for want of a wheel."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "requirements.txt")
        path.write_text(server.joined(Lock((pin,))).text, encoding="utf-8")
        for python in PYTHONS:
            options = ["--python-version", python, "--python-platform", PLATFORM, "--require-hashes", "--dry-run"]
            done = uv(["install", "--target", folder, *options, "--requirement", str(path)])
            if done.returncode and not re.search(r"no wheels with a matching Python", done.stderr):
                sys.exit(done.stderr)
            if done.returncode:
                yield f", not on Python {python}"


def compiled(requirements: Sequence[str]) -> str:
    """All versions and hashes, with notes of who needs what."""
    options = ["--universal", "--python-version", PYTHONS[0], "--generate-hashes", "--no-header"]
    done = uv(["compile", "-", *options], "\n".join(requirements) + "\n")
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def uv(arguments: Sequence[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `uv pip` with wheels only."""
    options = ["--only-binary", ":all:", "--quiet", "--color", "never", "--no-python-downloads"]
    command = [sys.executable, "-m", "uv", "pip", *arguments, *options]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
