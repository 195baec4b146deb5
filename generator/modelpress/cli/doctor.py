"""`modelpress doctor`: what is installed and what is missing."""

from __future__ import annotations

import click

from modelpress.cli.output import Output, Table, output_options, table


@click.command(short_help="What is installed, what is missing.")
@output_options
def doctor(output: Output) -> None:
    """Show versions, extras, container engines, toolchains, and what is kept between runs.

    Exits with 1 where something that modelpress itself needs is missing: a core package, or
    every ONNX Runtime package.
    """
    from modelpress.cache_folder import look_at_caches
    from modelpress.installation import look_around

    found, caches = look_around(), look_at_caches()

    def as_table() -> Table:
        grid = table("kind", "name", "version", "note")
        for item in found:
            grid.add_row(item.kind, item.name, item.version or "not found", item.note)
        for cache in caches:
            grid.add_row("cache", cache.kind, f"{cache.size:,} bytes", str(cache.folder))
        return grid

    document = [
        {"kind": item.kind, "name": item.name, "version": item.version, "note": item.note or None} for item in found
    ]
    missing = [item.name for item in found if item.kind == "core" and item.version is None]
    runtime = any(item.version for item in found if item.kind == "extra")
    kept = [{"kind": cache.kind, "path": str(cache.folder), "bytes": cache.size} for cache in caches]
    output.data({"installed": document, "missing": missing, "runtime": runtime, "caches": kept}, as_table)
    if not runtime:
        output.warn(["no ONNX Runtime: install the extra that fits this computer, such as modelpress[cpu]"])
    if missing:
        output.warn([f"not installed: {', '.join(missing)}; install modelpress again with pip"])
    if missing or not runtime:
        raise click.exceptions.Exit(1)
