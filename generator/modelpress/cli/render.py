"""`modelpress render`: a deployable project for one candidate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from modelpress.cli import notes
from modelpress.cli.fleets.render import FleetOptions, fleet_options, render_fleet
from modelpress.cli.options import (
    Selection,
    dry_run_option,
    render_flags,
    render_options,
    selection_options,
    trust_option,
)
from modelpress.cli.output import Output, output_options, progress_option
from modelpress.cli.plan import carry_out, plan_document, plan_text, written_text

DEFAULT_FOLDER = "deploy"


@click.command(short_help="A deployable project for the best candidate.")
@click.option("-t", "--set", "sets", multiple=True, metavar="SET", help="Template set; several make one project.")
@click.option("-o", "--output", "target", type=click.Path(), metavar="DIR|FILE.zip", help="Where to.")
@click.option(
    "--rank", type=click.IntRange(min=1), metavar="N", help="The candidate of this rank; by default the best."
)
@click.option("--var", "variables", multiple=True, metavar="SET.KEY=VALUE", help="A template set's own variable.")
@click.option("--force", is_flag=True, help="Replace a folder or zip that is not ours, or was edited.")
@fleet_options
@render_options
@dry_run_option
@trust_option
@selection_options
@progress_option
@output_options
def render(selection: Selection, output: Output, **options: Any) -> None:
    """Render a project for the best candidate of SOURCE.

    SOURCE is an Olive run, its workflow file or zip, a listing (YAML, JSON, CSV), or a model.
    The project goes to a folder, or to a zip where the name ends in .zip; by default to
    `deploy` in the folder of SOURCE.

    With --matrix the projects of a file are rendered, each into a folder of its name in DIR, which
    may be a URL; those that are there already and would be the same are left as they are.
    """
    from modelpress import pipeline
    from modelpress.cli.rendering import output_folder, prepared_project
    from modelpress.packaging.chosen import candidate_of_rank, choose

    flags = {"render.sets": options["sets"], "render.variables": options["variables"], **render_flags(options)}
    fleet = FleetOptions.of(options)
    if fleet is not None:
        render_fleet(fleet, selection, output, flags, options)
        return
    settings = selection.settings(flags)
    chosen = choose(selection.request(settings), candidate_of_rank(options["rank"] or 1))
    path = Path(options["target"]) if options["target"] else output_folder(settings, chosen.folder) / DEFAULT_FOLDER
    target = pipeline.Target(path, settings.configuration.compression, force=options["force"])
    prepared = prepared_project(settings, chosen, target, selection.given)
    output.note((*notes.of_settings(settings), *notes.of_ranking(chosen.ranking), *notes.of_models(chosen)))
    warnings = [*settings.warnings, *prepared.warnings]
    output.warn(warnings)
    if options["dry_run"]:
        output.data(plan_document(prepared), lambda: plan_text(prepared))
        return
    written = carry_out(prepared, output)
    document = {"path": str(written.path), "content_sha256": written.content_sha256, "warnings": warnings}
    output.data(document, lambda: written_text(written))
