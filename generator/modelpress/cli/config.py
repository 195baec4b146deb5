"""`modelpress config`: the settings in force, and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelpress.cli.options import settings_in_force
from modelpress.cli.output import Output, Table, as_json, output_options, table

if TYPE_CHECKING:
    from modelpress.config.settings import Settings


@click.command(short_help="The settings in force and their origin.")
@click.option(
    "-c", "--config", "path", type=click.Path(path_type=Path), metavar="FILE", help="Instead of modelpress.yaml."
)
@click.option("--origin", is_flag=True, help="Show where each value came from, and defaults too.")
@output_options
def config(path: Path | None, origin: bool, output: Output) -> None:  # noqa: FBT001 - click passes by name
    """Show the settings that commands run here would use; secrets are masked.

    A flag outranks an environment variable (MODELPRESS_*), that the project's file
    (modelpress.yaml or Olive's), that the user's file, that the default.
    """
    settings = settings_in_force({}, project=path)
    output.warn(settings.warnings)
    document = {
        name: {"value": setting.value, "origin": setting.origin, "where": setting.where or None}
        for name, setting in settings.values.items()
    }
    output.data(document, lambda: _as_table(settings, origin=origin))


def _as_table(settings: Settings, *, origin: bool) -> Table:
    grid = table("setting", "value", *(["origin"] if origin else []))
    for name, setting in settings.values.items():
        if origin or setting.origin != "default":
            place = f"{setting.origin} {setting.where}".rstrip()
            grid.add_row(name, _shown(setting.value), *([place] if origin else []))
    return grid


def _shown(value: object) -> str:
    return value if isinstance(value, str) else as_json(value, indent=None)
