"""Make one project of a fleet, in whichever process that is asked to."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from modelpress import pipeline
from modelpress.cli.fleets.jobs import ProjectJob
from modelpress.cli.rendering import ingredients_of, layers_of, name_of, prepared_project
from modelpress.errors import ModelpressError
from modelpress.executors.streaming import Written
from modelpress.filetree import reading
from modelpress.fleet.outcome import Failure, Outcome
from modelpress.fleet.record import keep_record, read_record
from modelpress.fleet.stock import Stock, recipe_of, stock_of
from modelpress.fleet.store import FolderStore, RemoteStore, is_url
from modelpress.packaging.answers import Place, near
from modelpress.packaging.project import project_bundle

SAID = {"project", "ranking", "render", "strict"}
"""The sections of the configuration that a recipe holds as they are; sources and layers count by their content."""
NOWHERE = Path(Path.cwd().anchor, "fleet")
"""Stands for a place that no path of this computer is near to."""


def make_project(job: ProjectJob) -> Outcome:
    """Make the project, unless it is there and would be the same; an error is an outcome too."""
    try:
        return _made(job)
    except ModelpressError as error:
        return Outcome(job.name, job.shown_path, "failed", failure=Failure.of(error))


def _made(job: ProjectJob) -> Outcome:
    stock = stock_of(job.choice)
    output = job.order.output
    store = RemoteStore(output) if is_url(output) else FolderStore(Path(output))
    recipe = recipe_of(stock, layers_of(job.settings), job.choice.run, _told(job, stock))
    record = read_record(store, job.name)
    candidate = stock.chosen.entries[0].candidate.id
    if record is not None and record.recipe == recipe and not job.order.force:
        return Outcome(job.name, job.shown_path, "kept", candidate, record.content_sha256)
    if job.order.dry_run:
        return Outcome(job.name, job.shown_path, "planned", candidate)
    if isinstance(store, FolderStore):
        written, warnings = _written_to_folder(job, stock, store)
    else:
        written, warnings = _written_elsewhere(job, stock, store, replaces=record is not None or job.order.force)
    keep_record(store, job.name, recipe, written)
    return Outcome(job.name, job.shown_path, "rendered", candidate, written.content_sha256, warnings)


def _written_to_folder(job: ProjectJob, stock: Stock, store: FolderStore) -> tuple[Written, tuple[str, ...]]:
    target = pipeline.Target(store.root / job.name, force=job.order.force)
    prepared = prepared_project(job.settings, stock.chosen, target, stock.chosen.request.source)
    return pipeline.execute(prepared), prepared.warnings


def _written_elsewhere(
    job: ProjectJob, stock: Stock, store: RemoteStore, *, replaces: bool
) -> tuple[Written, tuple[str, ...]]:
    chosen = stock.chosen
    if not replaces and store.holds(job.name):
        raise ModelpressError(
            f"{job.shown_path} is there, and no project that this fleet wrote",
            hint="Choose another place with -o, or --force to replace what is there.",
            file=job.shown_path,
        )
    made = ingredients_of(job.settings, chosen, Place(NOWHERE, NOWHERE), chosen.request.source)
    bundle = project_bundle(chosen, made.rendering, made.golden, made.answers)
    remarks = pipeline.remarks_on(chosen, made.rendering)
    return store.write_bundle(job.name, bundle), (*chosen.warnings, *remarks, *made.golden.warnings)


def _told(job: ProjectJob, stock: Stock) -> dict[str, Any]:
    """What was said of the project, and where its source lies as seen from it: its lock says so too."""
    configuration = job.settings.configuration
    source = stock.chosen.request.source
    local = not is_url(job.order.output) and not is_url(job.choice.source)
    return {
        "settings": configuration.model_dump(mode="json", include=SAID),
        "name": name_of(source),
        "source": near(source, Path(job.order.output, job.name)) if local else None,
        "inputs": _inputs_sha256(job, configuration.render.inputs),
    }


def _inputs_sha256(job: ProjectJob, inputs: str | None) -> str | None:
    if inputs is None:
        return None
    path = job.settings.resolve("render.inputs", inputs)
    with reading(str(path)), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
