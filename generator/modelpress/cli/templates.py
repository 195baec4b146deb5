"""`modelpress templates`: list and show template sets, and tell where each file comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelpress.cli.options import templates_option
from modelpress.cli.output import Output, Table, output_options, table
from modelpress.cli.template_authoring import check, new, test
from modelpress.cli.template_sets import sets_in_force

if TYPE_CHECKING:
    from modelpress.templating import Sets, TemplateSet
    from modelpress.templating.origin import FileOrigin, Origin

BUILT_IN = "built-in"


@click.group()
def templates() -> None:
    """Template sets: list, show, begin, check, test, and where each file comes from."""


for command in (new, check, test):
    templates.add_command(command)


@templates.command("list")
@templates_option
@output_options
def list_(templates: tuple[str, ...], output: Output) -> None:
    """List the template sets on the search path."""
    sets = sets_in_force(templates)
    output.warn([f"the template set {name} cannot be used: {error.message}" for name, error in sets.broken.items()])

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

    found = find_set(sets_in_force(templates), name)
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
@click.argument("words", metavar="[SET] PATH", nargs=-1, required=True)
@templates_option
@output_options
def which(words: tuple[str, ...], templates: tuple[str, ...], output: Output) -> None:
    """Tell which layer the file PATH of a template set comes from, and each of its blocks.

    SET may be left out where one set alone has such a file.
    """
    from modelpress.templating.origin import origin_of

    found, path = _set_and_path(words, sets_in_force(templates))
    origin = origin_of(found, path)
    document = {
        "set": found.name,
        "name": origin.name,
        "files": [
            {"path": str(file.path), "layer": file.layer, "set": file.set_name, "blocks": list(file.blocks)}
            for file in origin.files
        ],
        "blocks": {block: str(file.path) for block, file in origin.blocks},
    }
    output.data(document, lambda: _origin_table(origin))


def _set_and_path(words: tuple[str, ...], sets: Sets) -> tuple[TemplateSet, str]:
    from modelpress.errors import UsageError
    from modelpress.templating import find_set
    from modelpress.templating.origin import owners_of

    *names, path = words
    if len(names) > 1:
        raise UsageError(f"{len(words)} words are given", hint="Give the path, or a template set and the path.")
    if names:
        return find_set(sets, names[0]), path
    owners = owners_of(sets.values(), path)
    if not owners:
        raise UsageError(f"no template set has a file {path!r}", hint="`modelpress templates show SET` lists them.")
    if len(owners) > 1:
        listed = ", ".join(one.name for one in owners)
        raise UsageError(f"several template sets have a file {path!r}: {listed}", hint="Name one of them before it.")
    return owners[0], path


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
