"""`modelpress templates`: list, show and check template sets, and tell where each file comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelpress.cli.options import settings_in_force, templates_option
from modelpress.cli.output import Output, Table, output_options, table

if TYPE_CHECKING:
    from modelpress.templating import TemplateSet
    from modelpress.templating.origin import FileOrigin, Origin

BUILT_IN = "built-in"


@click.group()
def templates() -> None:
    """Template sets: list, show, check, and where each file comes from."""


@templates.command("list")
@templates_option
@output_options
def list_(templates: tuple[str, ...], output: Output) -> None:
    """List the template sets on the search path."""
    sets = _sets(templates)

    def as_table() -> Table:
        grid = table("set", "layer", "description")
        for one in sets.values():
            grid.add_row(one.name, one.layer, one.description)
        return grid

    output.data(
        [{"name": one.name, "layer": one.layer, "description": one.description} for one in sets.values()], as_table
    )


@templates.command()
@click.argument("name", metavar="SET")
@templates_option
@output_options
def show(name: str, templates: tuple[str, ...], output: Output) -> None:
    """Show the variables and the files of a template set."""
    from modelpress.templating import find_set

    found = find_set(_sets(templates), name)
    files = {path: found.folders[place] for path, place in found.sources().items()}
    document = {
        "name": found.name,
        "description": found.description,
        "extends": found.extends,
        "needs": list(found.needs),
        "variables": {
            variable: {"type": one.type, "default": one.default, "help": one.help}
            for variable, one in found.variables.items()
        },
        "files": [{"path": path, "layer": folder.layer, "set": folder.set_name} for path, folder in files.items()],
    }

    def as_table() -> Table:
        grid = table("", "name", "from", "meaning")
        for variable, one in found.variables.items():
            grid.add_row("variable", variable, f"{one.type}, default {one.default!r}", one.help)
        for path, folder in files.items():
            grid.add_row("file", path, f"{folder.set_name}, {folder.layer}", "")
        return grid

    output.data(document, as_table)


@templates.command()
@click.argument("name", metavar="SET")
@click.argument("path")
@templates_option
@output_options
def which(name: str, path: str, templates: tuple[str, ...], output: Output) -> None:
    """Tell which layer the file PATH of a template set comes from, and each of its blocks."""
    from modelpress.templating import find_set
    from modelpress.templating.origin import origin_of

    origin = origin_of(find_set(_sets(templates), name), path)
    document = {
        "name": origin.name,
        "files": [
            {"path": str(file.path), "layer": file.layer, "set": file.set_name, "blocks": list(file.blocks)}
            for file in origin.files
        ],
        "blocks": {block: str(file.path) for block, file in origin.blocks},
    }
    output.data(document, lambda: _origin_table(origin))


@templates.command()
@click.argument("names", metavar="[SET]...", nargs=-1)
@templates_option
@output_options
def check(names: tuple[str, ...], templates: tuple[str, ...], output: Output) -> None:
    """Check template sets, all of them by default, without a model.

    Finds undefined fields, unknown filters and blocks, and values that no literal filter
    writes; then renders sample models, one of them with hostile names. Exits with 3 where
    anything is found.
    """
    from modelpress.errors import VerificationError
    from modelpress.templating import find_set
    from modelpress.templating.checking.check import check as check_set
    from modelpress.templating.checking.specimens import sample_contexts

    sets = _sets(templates)
    chosen = [find_set(sets, name) for name in names] or list(sets.values())
    contexts = sample_contexts()
    findings = [finding for one in chosen for finding in check_set(one, contexts)]
    if findings:
        raise VerificationError("\n".join(str(finding) for finding in findings), hint="Correct the template sets.")
    checked = [one.name for one in chosen]
    output.data({"checked": checked, "findings": []}, lambda: f"nothing found in {', '.join(checked)}")


def _sets(folders: tuple[str, ...]) -> dict[str, TemplateSet]:
    from modelpress.cli.rendering import layers_of
    from modelpress.templating import load_sets

    return load_sets(layers_of(settings_in_force({"templates": folders})))


def _origin_table(origin: Origin) -> Table:
    grid = table("", "name", "layer", "path")
    for file in origin.files:
        grid.add_row("file", origin.name, file.layer, _shown_path(file))
    for block, file in origin.blocks:
        grid.add_row("block", block, file.layer, _shown_path(file))
    return grid


def _shown_path(file: FileOrigin) -> str:
    """Where modelpress itself is installed is of no interest."""
    return "" if file.layer == BUILT_IN else str(file.path)
