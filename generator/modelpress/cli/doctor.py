"""`modelpress doctor`: what is installed and what is missing."""

from __future__ import annotations

import click

from modelpress.cli.output import Output, Table, output_options, table


@click.command(short_help="What is installed, what is missing.")
@output_options
def doctor(output: Output) -> None:
    """Show versions, extras, container engines and toolchains.

    Exits with 1 where something that modelpress itself needs is missing: a core package, or
    every ONNX Runtime package.
    """
    from modelpress.installation import look_around

    found = look_around()

    def as_table() -> Table:
        grid = table("kind", "name", "version", "note")
        for item in found:
            grid.add_row(item.kind, item.name, item.version or "not found", item.note)
        return grid

    document = [
        {"kind": item.kind, "name": item.name, "version": item.version, "note": item.note or None} for item in found
    ]
    missing = [item.name for item in found if item.kind == "core" and item.version is None]
    runtime = any(item.version for item in found if item.kind == "extra")
    output.data({"installed": document, "missing": missing, "runtime": runtime}, as_table)
    if not runtime:
        output.warn(["no ONNX Runtime: install the extra that fits this computer, such as modelpress[cpu]"])
    if missing:
        output.warn([f"not installed: {', '.join(missing)}; install modelpress again with pip"])
    if missing or not runtime:
        raise click.exceptions.Exit(1)
