"""`modelpress schema`: the JSON Schemas of what modelpress reads and gives to templates."""

from __future__ import annotations

from typing import Any

import click

from modelpress.cli.output import as_json

NAMES = ("candidates", "config", "context", "matrix")


@click.command(short_help="JSON Schemas: candidates, config, context, matrix.")
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print a JSON Schema.

    `candidates` is the schema of a listing of one's own (candidates.yaml or .json), `config`
    that of modelpress.yaml, `context` that of the variables that a template sees, `matrix` that
    of the file for `modelpress render --matrix`.
    """
    click.echo(as_json(_schema(name)))


def _schema(name: str) -> dict[str, Any]:
    if name == "candidates":
        from modelpress.candidates.reading.listing.form import listing_schema

        return listing_schema()
    if name == "config":
        from modelpress.config.native import configuration_schema

        return configuration_schema()
    if name == "matrix":
        from modelpress.fleet.form import matrix_schema

        return matrix_schema()
    from modelpress.templating.schema import context_schema

    return context_schema()
