"""`modelpress publish online` and `publish batch`: deploy what a project describes to Azure Machine Learning."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import dry_run_option
from modelpress.cli.output import Command, Output, output_options, progress_option
from modelpress.cli.publish.assets import CONFLICT
from modelpress.cli.publish.interruption import resumable
from modelpress.cli.publish.options import conflict_option, upload_option
from modelpress.cli.publish.steps import steps_document, steps_text
from modelpress.cli.publish.workspace import Chosen, workspace_options
from modelpress.cli.report import report_for

if TYPE_CHECKING:
    from modelpress.executors.azure.endpoint_plan import Rollout
    from modelpress.executors.azure.endpoints import EndpointPart
    from modelpress.executors.azure.publish_endpoint import Published

MINUTE = 60
WHOLE = 100
DONE = {"create": "created", "keep": "kept", "update": "replaced"}


class Percentages(click.ParamType):  # type: ignore[type-arg]  # click before 8.2 knows no arguments
    """Rising whole percentages: 10,50,100."""

    name = "percentages"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            shares = tuple(int(part) for part in str(value).split(","))
        except ValueError:
            shares = ()
        rising = all(one < other for one, other in itertools.pairwise(shares))
        if not shares or not rising or shares[0] < 1 or shares[-1] > WHOLE:
            self.fail(f"{value!r} must be rising whole percentages from 1 to {WHOLE}, as 10,50,100", param, ctx)
        return shares


def _endpoint_options(command: Command) -> Command:
    for add in (
        output_options,
        progress_option,
        workspace_options,
        dry_run_option,
        click.option(
            "--time-limit",
            type=click.FloatRange(min=0, min_open=True),
            default=60,
            show_default=True,
            metavar="MINUTES",
            help="How long to wait for Azure; what goes on there is not ended.",
        ),
        click.option("--prune", is_flag=True, help="At the end, delete our older deployments that carry no traffic."),
        upload_option,
        conflict_option,
        click.argument("path", type=click.Path(path_type=Path), metavar="DIR|ZIP"),
    ):
        command = add(command)
    return command


@click.command(short_help="Deploy to an online endpoint of Azure ML.")
@click.option(
    "--traffic",
    type=Percentages(),
    default="100",
    show_default=True,
    metavar="PERCENTAGES",
    help="Shares that the new deployment gets one after the other, as 10,50,100.",
)
@click.option("--untested", is_flag=True, help="Do not send the golden inputs before traffic moves.")
@_endpoint_options
def online(path: Path, chosen: Chosen, output: Output, **options: Any) -> None:
    """Deploy what azureml/online/*.yml of a project describes.

    The new deployment gets no traffic until it answers the golden inputs as the model does, then
    its share rises by --traffic. When a step fails, traffic goes back to where it was. The
    previous deployment stays until --prune.
    """
    _publish("online", path, chosen, output, options)


@click.command(short_help="Deploy to a batch endpoint of Azure ML.")
@_endpoint_options
def batch(path: Path, chosen: Chosen, output: Output, **options: Any) -> None:
    """Deploy what azureml/batch/*.yml of a project describes.

    The new deployment becomes the default one when it is ready. The previous one stays until
    --prune.
    """
    _publish("batch", path, chosen, output, options)


def _publish(part: EndpointPart, path: Path, chosen: Chosen, output: Output, options: dict[str, Any]) -> None:
    from modelpress.executors.azure import endpoint_plan, publish_endpoint
    from modelpress.executors.azure.assets import Wishes
    from modelpress.executors.azure.state import state_path
    from modelpress.project_files import open_bundle

    output.warn(chosen.settings.warnings)
    target = endpoint_plan.EndpointTarget(
        part, chosen.options(), state_path(path), Wishes(options["on_conflict"], options["uploader"]), _rollout(options)
    )
    bundle = open_bundle(path)
    with resumable(), report_for(output.progress) as report:
        plan = endpoint_plan.plan(bundle, target, report)
        done = None if options["dry_run"] else publish_endpoint.execute(plan)
    if done is None:
        output.data(steps_document(plan), lambda: steps_text(plan))
        if any(step.action == "conflict" for step in plan.steps):
            raise click.exceptions.Exit(CONFLICT)
        return
    artifacts = [{"type": part, **document(done)}]
    output.data({"artifacts": artifacts, "warnings": list(chosen.settings.warnings)}, lambda: as_text(done))


def _rollout(options: dict[str, Any]) -> Rollout:
    from modelpress.executors.azure.endpoint_plan import Rollout

    return Rollout(
        traffic=options.get("traffic", (WHOLE,)),
        untested=options.get("untested", False),
        prune=options["prune"],
        time_limit=options["time_limit"] * MINUTE,
    )


def document(done: Published) -> dict[str, Any]:
    """The endpoint as it is now, as plain data."""
    return {
        "asset": f"{done.endpoint}/{done.deployment}",
        "action": done.action,
        "uri": done.uri,
        "content_sha256": done.content_sha256,
    }


def as_text(done: Published) -> str:
    """The same for people."""
    return f"{DONE[done.action]} deployment {done.deployment} of endpoint {done.endpoint}\n{done.uri}"
