"""`modelpress publish`: executors on a rendered project."""

from __future__ import annotations

import click

from modelpress.cli.publish.assets import data, model


@click.group()
def publish() -> None:
    """Publish what a rendered project describes."""


for command in (model, data):
    publish.add_command(command)
