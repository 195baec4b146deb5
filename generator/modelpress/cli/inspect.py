"""`modelpress inspect`: what a model takes and gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelpress.cli.output import Output, Table, output_options, table

if TYPE_CHECKING:
    from modelpress.model.signature import ModelSignature


@click.command(short_help="Inputs, outputs and opsets of a model.")
@click.argument("model", type=click.Path(path_type=Path))
@output_options
def inspect(model: Path, output: Output) -> None:
    """Show the signature of MODEL, an ONNX file, without reading its weights."""
    from modelpress.model import inspect_model, signature_document

    signature = inspect_model(model)
    output.warn(signature.warnings)
    output.data(signature_document(signature), lambda: _as_table(signature))


def _as_table(signature: ModelSignature) -> Table:
    from modelpress.model import describe_type

    grid = table("", "name", "type")
    for role, specs in (("input", signature.inputs), ("output", signature.outputs)):
        for spec in specs:
            grid.add_row(role, spec.name, describe_type(spec.type))
    for domain, version in sorted(signature.opset.items()):
        grid.add_row("opset", domain or "ai.onnx", str(version))
    grid.add_row("IR", "", str(signature.ir_version))
    for location in signature.external_data:
        grid.add_row("external data", location, "")
    for key, value in sorted(signature.metadata.items()):
        grid.add_row("metadata", key, value)
    return grid
