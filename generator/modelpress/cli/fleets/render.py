"""`modelpress render --matrix`: every project of a matrix."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.fleets.showing import report_text, watching
from modelpress.cli.options import Selection
from modelpress.cli.output import Command, Output
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.cli.fleets.jobs import Order, ProjectJob
    from modelpress.fleet.crew import Crew
    from modelpress.fleet.outcome import Outcome

DEFAULT_FOLDER = "fleet"
FAILED = 1


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What the command line says of a fleet."""

    matrix: Path
    only: tuple[str, ...]
    jobs: int | None
    scheduler: str | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> FleetOptions | None:
        """None without a matrix. Raises UsageError for options that do not go together."""
        given = {name: options[name] for name in ("rank", "only", "jobs", "scheduler") if options[name]}
        if options["matrix"] is None:
            for name in given.keys() - {"rank"}:
                raise UsageError(f"--{name} goes with --matrix", hint="Name the matrix: --matrix FILE.")
            return None
        if "rank" in given:
            hint = "Say `rank` in the matrix, under `common` or `axes`."
            raise UsageError("--rank does not go with --matrix", hint=hint)
        if {"jobs", "scheduler"} <= given.keys():
            raise UsageError("--jobs and --scheduler exclude each other", hint="A cluster has workers of its own.")
        return cls(options["matrix"], options["only"], options["jobs"], options["scheduler"])

    def crew(self) -> Crew:
        """Who makes the projects."""
        from modelpress.fleet.crew import cluster_crew, local_crew

        return cluster_crew(self.scheduler) if self.scheduler else local_crew(self.jobs or os.cpu_count() or 1)


def fleet_options(command: Command) -> Command:
    """Add --matrix, --only, --jobs and --scheduler, for `FleetOptions.of`."""
    path = click.Path(path_type=Path)
    matrix = click.option("--matrix", type=path, metavar="FILE", help="Render every project of this matrix.")
    only = click.option("--only", multiple=True, metavar="NAME", help="Of the matrix, this project alone.")
    jobs = click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that render; one a core.")
    scheduler = click.option("--scheduler", metavar="tcp://...", help="Render on the workers of this Dask scheduler.")
    return matrix(only(jobs(scheduler(command))))


def render_fleet(
    fleet: FleetOptions, selection: Selection, output: Output, flags: Mapping[str, object], options: Mapping[str, Any]
) -> None:
    """Make what is missing of the projects, and print what became of each; exits with 1 where one failed."""
    from modelpress.cli.fleets.jobs import Order, jobs_of
    from modelpress.fleet.matrix import read_matrix

    matrix = read_matrix(fleet.matrix)
    place = options["target"] or matrix.output or str(fleet.matrix.parent / DEFAULT_FOLDER)
    order = Order(_place(place), force=options["force"], dry_run=options["dry_run"])
    jobs = jobs_of(matrix.only(fleet.only), selection, flags, order)
    with _folder(order):
        outcomes = _made(jobs, fleet.crew(), output, remembers=not fleet.scheduler)
    _tell(outcomes, jobs, output)


def _place(text: str) -> str:
    """A URL, or an absolute path."""
    from modelpress.fleet.telling import located

    if Path(text).suffix.lower() == ".zip":
        raise UsageError(f"{text} is a zip, and the projects of a matrix go into a folder", hint="Name a folder.")
    return located(text, Path.cwd())


@contextmanager
def _folder(order: Order) -> Iterator[None]:
    """The folder of the projects is there before the first of them, which may fail, and not where all of them did."""
    from modelpress.executors.target import writing_to
    from modelpress.fleet.store import is_url

    if order.dry_run or is_url(order.output):
        yield
        return
    place = Path(order.output)
    with writing_to(place):
        place.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):  # there are projects in it
            place.rmdir()


def _made(jobs: tuple[ProjectJob, ...], crew: Crew, output: Output, *, remembers: bool) -> tuple[Outcome, ...]:
    """What became of each; what was rendered here, `verify` runs without being told to."""
    from modelpress.cli.fleets.making import make_project
    from modelpress.fleet.running import run_fleet
    from modelpress.proving.rendered_here import remember

    done: list[Outcome] = []
    with watching(output.progress, len(jobs)) as advance:

        def watch(outcome: Outcome) -> None:
            done.append(outcome)
            advance()

        try:
            return run_fleet(jobs, make_project, crew, watch)
        except KeyboardInterrupt:
            output.warn([f"{len(done)} of {len(jobs)} projects are done; the same command makes the others"])
            raise
        finally:
            for outcome in done:
                if remembers and outcome.state == "rendered" and outcome.content_sha256:
                    remember(outcome.content_sha256)


def _tell(outcomes: tuple[Outcome, ...], jobs: tuple[ProjectJob, ...], output: Output) -> None:
    from modelpress.fleet.outcome import FleetReport

    settings = dict.fromkeys(warning for job in jobs for warning in job.settings.warnings)
    report = FleetReport(outcomes)
    warnings = [*settings, *report.warnings]
    output.warn(warnings)
    output.data({**report.document(), "warnings": warnings}, lambda: report_text(report))
    if report.failed:
        raise click.exceptions.Exit(FAILED)
