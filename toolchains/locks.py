"""Resolves the locks that come with modelpress anew: `.venv/bin/python toolchains/locks.py`.

One lock for each server and runtime holds for every Python that modelpress supports: uv resolves it for all of
them at once, and this checks that each of them finds wheels for all of it on Linux.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from modelpress.model.runtime import EXTENSIONS, RUNTIMES

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "generator" / "modelpress" / "packaging" / "locks" / "shipped"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORM = "x86_64-manylinux_2_36"
# What the servers need beside the runtime is in templates; rendering takes the part of a lock that a project needs.
SERVERS = {
    "azure": "azure-online/scoring/requirements.txt.jinja",
    "azure-batch": "azure-batch/scoring/batch_requirements.txt.jinja",
    "v2": "docker/docker/_v2_packages.txt",
}
OPTIONAL = ("ml_dtypes==0.6.0", EXTENSIONS)
PROVIDERS = ("cpu", "cuda", "openvino", "rocm", "migraphx")  # those that run in Linux containers


def main() -> int:
    """Write every lock; those that are there are not looked at."""
    SHIPPED.mkdir(exist_ok=True)
    for server, template in SERVERS.items():
        packages = requirements_of(ROOT / "templates" / template)
        for provider in PROVIDERS:
            runtime = RUNTIMES[provider]
            pinned = f"{runtime.package}=={runtime.version}"
            path = SHIPPED / f"{server}-{runtime.package}-{runtime.version}.txt"
            path.write_text(lock([pinned, *OPTIONAL, *packages]), encoding="utf-8")
            for python in PYTHONS:
                check(path, python)
            print(path.name)
    return 0


def requirements_of(template: Path) -> list[str]:
    """The lines of a template that are requirements whatever is rendered."""
    lines = template.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match("[a-z]", line)]


def lock(requirements: Sequence[str]) -> str:
    """All versions and hashes, with notes of who needs what."""
    options = ["--universal", "--python-version", PYTHONS[0], "--generate-hashes", "--no-header"]
    return uv(["compile", "-", *options], "\n".join(requirements) + "\n")


def check(path: Path, python: str) -> None:
    """Fail unless the lock can be installed for that Python."""
    with tempfile.TemporaryDirectory() as target:
        options = ["--python-version", python, "--python-platform", PLATFORM, "--require-hashes", "--dry-run"]
        uv(["install", "--target", target, *options, "--requirement", str(path)], "")


def uv(arguments: Sequence[str], stdin: str) -> str:
    """Run `uv pip` with wheels only, and return what it prints."""
    command = [sys.executable, "-m", "uv", "pip", *arguments, "--only-binary", ":all:", "--quiet", "--color", "never"]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
