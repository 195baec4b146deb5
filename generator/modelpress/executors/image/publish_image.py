"""Builds the image of a project, pushes it where that is asked for, and names it last."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelpress.errors import ModelpressError, VerificationError
from modelpress.executors.image.building import Built, build, run_engine
from modelpress.executors.image.engines import DIGEST, Engine, ask
from modelpress.executors.image.faults import push_fault
from modelpress.executors.image.plan import ImagePlan
from modelpress.executors.progress import SILENT, Report


@dataclass(frozen=True, slots=True)
class Published:
    """An image with its names here; `digest` is that of its manifest in the registry, empty where it is in none."""

    built: Built
    tags: tuple[str, ...]
    pushed: tuple[str, ...]
    digest: str


def execute(plan: ImagePlan, report: Report = SILENT) -> Published:
    """Do what the plan says. An image gets its names once all else has worked: none stands for something half done.

    Raises VerificationError where it is over the budget, RemoteError where a registry refuses.
    """
    built = build(plan.build, report)
    report.event(f"built {built.image}, {built.size:,} bytes")
    check_budget(built, plan.build.options.size_budget)
    pushed, digest = plan.pushed.references if plan.pushed else (), ""
    for reference in pushed:
        digest = _push(plan.build.engine, built.image, reference, report)
        report.event(f"pushed {reference}")
    for reference in plan.name.references:
        ask(plan.build.engine, (plan.build.engine.name, "tag", built.image, reference))
    return Published(built, plan.name.references, pushed, digest)


def check_budget(built: Built, budget: int | None) -> None:
    """Raise VerificationError where the image has more bytes than it may."""
    if budget is None or built.size <= budget:
        return
    largest = max(built.layers, key=lambda layer: layer.size)
    raise VerificationError(
        f"the image has {built.size:,} bytes, over the budget of {budget:,}; it got no name. "
        f"Most are of `{largest.instruction}`: {largest.size:,}",
        hint="Take a smaller base image or candidate, or raise --size-budget.",
    )


def _push(engine: Engine, image: str, reference: str, report: Report) -> str:
    """The digest of the manifest in the registry. Docker must name an image before it pushes it."""
    with tempfile.TemporaryDirectory(prefix="modelpress-push-") as place:
        file = Path(place, "digest")
        lines: list[str] = []
        for command in engine.pushing(image, reference, file):
            code, lines = run_engine(engine, command, report)
            if code != 0:
                _forget(engine, reference)
                raise push_fault(engine.name, reference, lines)
        found = DIGEST.search("\n".join(lines))
        return file.read_text(encoding="ascii").strip() if file.is_file() else found[1] if found else ""


def _forget(engine: Engine, reference: str) -> None:
    """Take a name away that only pushing needed."""
    if engine.names_to_push:
        with suppress(ModelpressError):
            ask(engine, (engine.name, "image", "rm", "--no-prune", reference))
