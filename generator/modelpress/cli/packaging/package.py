"""`modelpress package`: everything that an Olive configuration asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from modelpress.cli import notes
from modelpress.cli.options import (
    Selection,
    dry_run_option,
    render_flags,
    render_options,
    selection_options,
    trust_option,
)
from modelpress.cli.output import Output, output_options, progress_option
from modelpress.cli.packaging.azure import assets_job, deployment_job
from modelpress.cli.packaging.files import dockerfile_job, zipfile_job
from modelpress.cli.packaging.job import AzureOptions, Job, Shared
from modelpress.cli.publish.options import conflict_option
from modelpress.cli.report import new_report
from modelpress.cli.runtime_packages import RuntimeOptions, runtime_package_options
from modelpress.errors import ModelpressError, UsageError

if TYPE_CHECKING:
    from modelpress.config.packages import Package
    from modelpress.config.settings import Settings
    from modelpress.executors.progress import Report

MAKERS: Final[Mapping[str, Callable[[Any, str, Shared], Job]]] = {
    "zipfile": zipfile_job,
    "dockerfile": dockerfile_job,
    "azureml-models": assets_job,
    "azureml-data": assets_job,
    "azureml-deployment": deployment_job,
}
"""Native packaging type to what plans it, from the package, its own name, and what all share."""


@click.command(short_help="What an Olive configuration asks for; by default a zip.")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Olive's configuration or ours.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only this packaging type, such as Zipfile.")
@click.option("-o", "--output", "target", type=click.Path(), metavar="DIR", help="Folder for the results.")
@click.option(
    "--force", is_flag=True, help="Replace a zip or a folder that is neither Olive's nor ours, or was edited."
)
@conflict_option
@click.option("--interactive", is_flag=True, help="Sign in to Azure with a browser where nothing else works.")
@render_options
@runtime_package_options
@dry_run_option
@trust_option
@selection_options
@progress_option
@output_options
def package(selection: Selection, output: Output, runtime: RuntimeOptions, **options: Any) -> None:
    """Package the candidates of SOURCE as its configuration asks for.

    SOURCE is an Olive run, its workflow file or zip, a listing (YAML, JSON, CSV), or a model.
    The configuration is -c, or else modelpress.yaml, and before it SOURCE itself where that is
    an Olive workflow file. Results go to -o, else into the run's folder; the packaging types of
    Azure ML are published to the workspace that is configured.
    """
    settings = _settings(selection, {**options, "native_feed": runtime.native_feed})
    packages = _packages(settings, options["types"])
    azure = AzureOptions(options["on_conflict"], options["interactive"])
    shared = replace(_shared(selection, settings, runtime, azure, new_report(output.progress)), force=options["force"])
    jobs = list(_planned(packages, shared))
    output.note(
        (*notes.of_settings(settings), *notes.of_ranking(shared.chosen.ranking), *notes.of_models(shared.chosen))
    )
    warnings = list(dict.fromkeys([*settings.warnings, *(warning for _, job in jobs for warning in job.warnings)]))
    output.warn(warnings)
    if options["dry_run"]:
        plans = [{"type": type_, **job.plan_document()} for type_, job in jobs]
        output.data({"artifacts": plans, "warnings": warnings}, lambda: "\n".join(job.plan_text() for _, job in jobs))
    try:
        for _, job in jobs:
            job.refuse()
    except ModelpressError as error:
        if options["dry_run"]:  # the plan has said why
            raise click.exceptions.Exit(error.exit_code) from None
        raise
    if options["dry_run"]:
        return
    made = [(type_, job.carry_out(output)) for type_, job in jobs]
    artifacts = [{"type": type_} | {**document, "type": type_} for type_, one in made for document in one.documents]
    output.data({"artifacts": artifacts, "warnings": warnings}, lambda: "\n".join(one.text for _, one in made))


def _settings(selection: Selection, options: dict[str, Any]) -> Settings:
    flags = {"output": options["target"], "native_feed": options["native_feed"], **render_flags(options)}
    if options["config"] is not None or selection.given is None:
        return selection.settings(flags, project=options["config"])
    from modelpress.candidates.reading.olive.workflow import is_workflow

    return selection.settings(flags, workflow=selection.given if is_workflow(selection.given) else None)


def _packages(settings: Settings, types: tuple[str, ...]) -> tuple[Package, ...]:
    """The configured packages, or those of --type; where nothing is said one zipfile without runtime packages."""
    from modelpress.config.package_types import PACKAGE_TYPES, parse_package_type
    from modelpress.config.packages import unconfigured_package

    wanted = dict.fromkeys(parse_package_type(one) for one in types)
    configured = settings.configuration.packages
    if not wanted:
        return configured or (unconfigured_package("zipfile"),)
    packages = [one for one in configured if one.type in wanted]
    for native in wanted.keys() - {one.type for one in configured}:
        if native == "azureml-deployment":
            raise UsageError(
                f"--type {PACKAGE_TYPES[native]}: no configuration says what is deployed",
                hint="Give a configuration with a package of that type: its model_package is required.",
            )
        packages.append(unconfigured_package(native))
    return tuple(packages)


def _shared(
    selection: Selection, settings: Settings, runtime: RuntimeOptions, azure: AzureOptions, report: Report
) -> Shared:
    """Read, rank and find the models, once for all jobs."""
    from modelpress.cli.rendering import output_folder
    from modelpress.packaging.chosen import choose
    from modelpress.packaging.dimensions import dimensions_of

    chosen = choose(selection.request(settings))
    dims = dimensions_of(chosen, settings.configuration.render.dims)
    folder = output_folder(settings, chosen.folder)
    return Shared(settings, chosen, dims, folder, runtime, azure, report)


def _planned(packages: tuple[Package, ...], shared: Shared) -> Iterator[tuple[str, Job]]:
    """Each package with its plan: nothing is written or published before all are planned."""
    from modelpress.config.package_types import PACKAGE_TYPES
    from modelpress.packaging.artifact_names import distinct_names

    _refuse_rivals(packages)
    names = distinct_names([_name(package) for package in packages])
    for package, name in zip(packages, names, strict=True):
        yield PACKAGE_TYPES[package.type], MAKERS[package.type](package, name, shared)


def _refuse_rivals(packages: tuple[Package, ...]) -> None:
    """Raise UsageError where two packages publish under one name: each is planned as if the other were not there."""
    taken: set[tuple[str, ...]] = set()
    key: tuple[str, ...]
    for package in packages:
        if package.type in ("azureml-models", "azureml-data"):
            what, key = f"name {package.name}", (package.type, package.name.casefold(), package.version or "")
        elif package.type == "azureml-deployment":
            name = package.deployment_config.endpoint_name
            what, key = f"endpoint {name}", (package.type, name.casefold())
        else:
            continue
        if key in taken:
            raise UsageError(
                f"two packages of Azure ML have the {what}: the second would take the place of the first",
                hint="Give each its own name, or put one of them into a configuration of its own.",
            )
        taken.add(key)


def _name(package: Package) -> str:
    """What a package is called in the output folder; of what is published, the state of that lies there."""
    if package.type == "zipfile":
        return f"{package.name}.zip"
    if package.type == "azureml-deployment":
        return package.deployment_config.endpoint_name
    return package.name if package.type == "dockerfile" else f"{package.name}.{package.type}"
