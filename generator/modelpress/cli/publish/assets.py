"""`modelpress publish model` and `publish data`: register what a project describes in Azure Machine Learning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import dry_run_option
from modelpress.cli.output import Command, Output, output_options, progress_option
from modelpress.cli.publish.interruption import resumable
from modelpress.cli.publish.options import conflict_option, upload_option
from modelpress.cli.publish.steps import steps_document, steps_text
from modelpress.cli.publish.workspace import Chosen, workspace_options
from modelpress.cli.report import report_for

if TYPE_CHECKING:
    from modelpress.executors.azure.asset_files import AssetKind
    from modelpress.executors.azure.assets import Registered

DONE = {"create": "created", "keep": "kept", "update": "updated"}
CONFLICT = 1  # the exit code of a dry run that shows a conflict: doing it would fail as well


def _asset_options(command: Command) -> Command:
    for add in (
        output_options,
        progress_option,
        workspace_options,
        dry_run_option,
        upload_option,
        conflict_option,
        click.argument("path", type=click.Path(path_type=Path), metavar="DIR|ZIP"),
    ):
        command = add(command)
    return command


@click.command(short_help="Register models in Azure ML.")
@_asset_options
def model(path: Path, chosen: Chosen, output: Output, **options: Any) -> None:
    """Register every model that azureml/models/*.yml of a project describes.

    The content is compared with what the workspace has before anything is uploaded: a version
    with the same content is kept. Without a version in the YAML the next one is taken.
    """
    _publish("model", path, chosen, output, options)


@click.command(short_help="Register data assets in Azure ML.")
@_asset_options
def data(path: Path, chosen: Chosen, output: Output, **options: Any) -> None:
    """Register every data asset that azureml/data/*.yml of a project describes.

    The content is compared with what the workspace has before anything is uploaded: a version
    with the same content is kept. Without a version in the YAML the next one is taken.
    """
    _publish("data", path, chosen, output, options)


def _publish(kind: AssetKind, path: Path, chosen: Chosen, output: Output, options: dict[str, Any]) -> None:
    from modelpress.executors.azure import publish_assets
    from modelpress.executors.azure.assets import Wishes
    from modelpress.executors.azure.state import state_path
    from modelpress.project_files import open_bundle

    output.warn(chosen.settings.warnings)
    wishes = Wishes(options["on_conflict"], options["uploader"])
    target = publish_assets.AssetTarget(kind, chosen.options(), state_path(path), wishes)
    bundle = open_bundle(path)
    with resumable(), report_for(output.progress) as report:
        plan = publish_assets.plan(bundle, target, report)
        done = () if options["dry_run"] else publish_assets.execute(plan)
    if options["dry_run"]:
        output.data(steps_document(plan), lambda: steps_text(plan))
        if any(step.action == "conflict" for step in plan.steps):
            raise click.exceptions.Exit(CONFLICT)
        return
    document = {"artifacts": documents(done), "warnings": list(chosen.settings.warnings)}
    output.data(document, lambda: as_text(done))


def documents(done: tuple[Registered, ...]) -> list[dict[str, Any]]:
    """What was registered, as plain data."""
    return [
        {
            "type": one.step.kind,
            "asset": one.asset,
            "action": one.step.action,
            "content_sha256": one.content_sha256,
        }
        for one in done
    ]


def as_text(done: tuple[Registered, ...]) -> str:
    """The same for people."""
    return "\n".join(f"{DONE[one.step.action]} {one.step.label}" for one in done)
