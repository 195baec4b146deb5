"""Runs the commands of an engine: shows its steps, keeps the end of what it prints, and ends it when we end."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import ModelpressError
from modelpress.executors import folder as folder_writer
from modelpress.executors.image.engines import Engine, Layer, ask
from modelpress.executors.image.faults import build_fault, shown, step_of
from modelpress.executors.image.plan import PIP_CONFIGURATION, BuildPlan
from modelpress.executors.progress import SILENT, Report

KEPT = 2000  # lines of an engine: a failed step is looked for in them
LONGEST_STEP = 100  # characters on a terminal
GRACE = 10.0  # seconds for an engine to end in order


@dataclass(frozen=True, slots=True)
class Built:
    """An image that has no tag yet: its id, and its layers with anything in them, the base first."""

    image: str
    layers: tuple[Layer, ...]

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return sum(layer.size for layer in self.layers)


def build(plan: BuildPlan, report: Report = SILENT) -> Built:
    """Build without tagging.

    Raises ModelpressError that names the step that failed, RemoteError where the base image cannot be had.
    """
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="modelpress-image-")))
        context = plan.context
        if context is None:
            context = place / "context"
            folder_writer.execute(folder_writer.plan(plan.bundle, context), report)
        if plan.options.proxy_ca:
            (place / "ca.pem").write_bytes(plan.options.proxy_ca.read_bytes())
            (place / "pip.conf").write_text(PIP_CONFIGURATION, encoding="ascii")
        code, lines = run_engine(plan.engine, plan.command(context, place), report)
        if code != 0:
            raise build_fault(plan.engine.name, lines)
        image = (place / "image").read_text(encoding="ascii").strip()
    return Built(image, _layers(plan.engine, image))


def run_engine(engine: Engine, command: Sequence[str], report: Report) -> tuple[int, list[str]]:
    """The exit code and the last lines; the steps are shown while they run."""
    lines: deque[str] = deque(maxlen=KEPT)
    process = subprocess.Popen(  # noqa: S603  # the engine that the user has, with checked options
        command,
        env={**os.environ, **engine.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if step := step_of(line):
                report.waiting(f"{engine.name}: {shown(step)[:LONGEST_STEP]}")
        return process.wait(), list(lines)
    finally:
        if process.poll() is None:
            _end(process)
        if process.stdout:
            process.stdout.close()


def _layers(engine: Engine, image: str) -> tuple[Layer, ...]:
    answer = ask(engine, engine.telling(image))
    try:
        return engine.layers(answer)
    except (ValueError, KeyError, TypeError):
        raise ModelpressError(
            f"{engine.name} tells the layers of {image} in a form that is not known",
            hint="Take another engine with --engine.",
            file=engine.name,
        ) from None


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
