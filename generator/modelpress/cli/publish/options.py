"""Options that several kinds of publishing have."""

from __future__ import annotations

from typing import get_args

import click

from modelpress.cli.output import Command
from modelpress.executors.azure.plan import OnConflict, Uploader


def conflict_option(command: Command) -> Command:
    """Add --on-conflict."""
    return click.option(
        "--on-conflict",
        type=click.Choice(get_args(OnConflict)),
        default="fail",
        show_default=True,
        help="Where a version exists in Azure ML with other content: fail, or take the next one.",
    )(command)


def upload_option(command: Command) -> Command:
    """Add --upload; the command receives it as `uploader`."""
    return click.option(
        "--upload",
        "uploader",
        type=click.Choice(get_args(Uploader)),
        default="own",
        show_default=True,
        help="Who uploads models and data: own goes on after an interruption, sdk is a fallback.",
    )(command)
