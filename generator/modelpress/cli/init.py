"""`modelpress init`: a project to keep in git, from a skeleton."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import Selection, dry_run_option
from modelpress.cli.output import Output, output_options, progress_option
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.projects.skeleton.fetching import Skeleton
    from modelpress.projects.skeleton.making import Project

DEPLOY = "deploy"


@dataclass(frozen=True, slots=True)
class Deployable:
    """What was rendered for the winner: its id, how many files, and what its user should know."""

    candidate: str
    files: int
    warnings: tuple[str, ...]


@click.command(short_help="A project to keep in git.")
@click.argument("target", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
@click.option("--skeleton", metavar="PATH|URL", help="Any cookiecutter template: folder, git URL, zip, gh:OWNER/NAME.")
@click.option("--checkout", metavar="REF", help="Branch, tag or commit of a git URL.")
@click.option("--directory", metavar="SUB", help="The folder in it that holds cookiecutter.json.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="An answer given beforehand.")
@click.option(
    "--replay", type=click.Path(path_type=Path), metavar="FILE", help="Answers of an earlier project; asks nothing."
)
@click.option("--no-input", is_flag=True, help="Ask nothing, take every default.")
@click.option("--trust", is_flag=True, help="Run the code of a skeleton from elsewhere: templates, hooks, extensions.")
@dry_run_option
@progress_option
@output_options
def init(target: Path | None, output: Output, **options: Any) -> None:
    """Make a project that is ready to work, in the new folder DIR.

    It holds the configuration, a place for template overrides, `deploy/` rendered for the
    current winner where a source is given, tests, CI workflows and a Makefile. Without DIR it
    goes into the working folder, under the name that the skeleton gives it.
    """
    from modelpress.projects.skeleton.making import Answers, Source, fetched, made

    source = Source(options["skeleton"], options["checkout"], options["directory"])
    answers = Answers(_pairs(options["variables"]), options["replay"], no_input=options["no_input"])
    with fetched(source) as skeleton:
        if options["dry_run"]:
            _show(skeleton, target, output)
            return
        with made(skeleton, answers, target, trust=options["trust"]) as project:
            deployable = _render(project, output)
        _report(skeleton, project, deployable, output)


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    for text in texts:
        if not text.partition("=")[1]:
            raise UsageError(f"--var {text}: has no value", hint="Write it as NAME=VALUE.")
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def _render(project: Project, output: Output) -> Deployable | None:
    """Render `deploy/` as `modelpress render` in the project would, where its configuration names a source."""
    from modelpress.config.paths import PROJECT_FILE

    file = project.content / PROJECT_FILE
    if not file.is_file():
        return None
    settings = Selection(None, {}, trust=False).settings(project=file)
    return None if settings.configuration.source is None else _deployable(project, settings, output)


def _deployable(project: Project, settings: Settings, output: Output) -> Deployable:
    from modelpress import pipeline
    from modelpress.cli.plan import carry_out
    from modelpress.cli.rendering import prepared_project
    from modelpress.packaging.chosen import candidate_of_rank, choose

    source = _source(project, settings)
    chosen = choose(Selection(source, {}, trust=False).request(settings), candidate_of_rank(1))
    target = pipeline.Target(project.content / DEPLOY, home=project.target / DEPLOY)
    prepared = prepared_project(settings, chosen, target)
    written = carry_out(prepared, output)
    return Deployable(chosen.entries[0].candidate.id, len(written.digests), (*settings.warnings, *prepared.warnings))


def _source(project: Project, settings: Settings) -> Path:
    """Where the candidates are, if the project lay where it is going to be."""
    from modelpress.config.paths import resolve_path

    named = str(settings.configuration.source)
    if settings["source"].origin != "project":
        return settings.resolve("source", named)
    return Path(os.path.normpath(resolve_path(named, project.target)))


def _show(skeleton: Skeleton, target: Path | None, output: Output) -> None:
    """What the skeleton asks and what of it would run, all of it."""
    from modelpress.projects.skeleton.occupied import refuse_occupied
    from modelpress.projects.skeleton.survey import survey
    from modelpress.projects.skeleton.variables import read_variables

    if target is not None:
        refuse_occupied(target)
    found = survey(skeleton)
    asked = {name: value for name, value in read_variables(skeleton.folder, skeleton.shown).items() if name[0] != "_"}
    document = {"skeleton": skeleton.shown, "version": skeleton.version, "asks": asked, "runs": asdict(found)}
    lines = [f"{skeleton.shown} ({skeleton.version})", f"asks: {', '.join(asked)}", "would run:"]
    output.data(document, lambda: "\n".join([*lines, *(f"  {line}" for line in found.lines(sys.maxsize))]))


def _report(skeleton: Skeleton, project: Project, deployable: Deployable | None, output: Output) -> None:
    warnings = deployable.warnings if deployable else ()
    output.warn(warnings)
    document = {
        "path": str(project.target),
        "skeleton": {"from": skeleton.shown, "version": skeleton.version},
        "candidate": deployable.candidate if deployable else None,
        "cookiecutter": dict(project.answers),
        "warnings": list(warnings),
    }
    made = f"{project.target}: made from {skeleton.shown} ({skeleton.version})"
    rendered = f"{project.target / DEPLOY}: {deployable.files} files for {deployable.candidate}" if deployable else ""
    output.data(document, lambda: "\n".join(filter(None, (made, rendered))))
