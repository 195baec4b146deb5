"""`modelpress publish`: executors on a rendered project."""

from __future__ import annotations

import click

from modelpress.cli.publish.assets import data, model
from modelpress.cli.publish.endpoints import batch, online
from modelpress.cli.publish.image import image


@click.group()
def publish() -> None:
    """Publish what a rendered project describes."""


for command in (model, data, online, batch, image):
    publish.add_command(command)
