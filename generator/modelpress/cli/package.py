"""`modelpress package`: everything that an Olive configuration asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from modelpress.cli.plan import carry_out, plan_document, plan_text, written_text
from modelpress.cli.runtime_packages import RuntimeOptions, runtime_package_options

if TYPE_CHECKING:
    from modelpress.config.packages import ZipfilePackage
    from modelpress.config.settings import Settings
    from modelpress.pipeline import Prepared


@click.command(short_help="What an Olive configuration asks for; by default a zip.")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Olive's configuration or ours.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only this packaging type, such as Zipfile.")
@click.option("-o", "--output", "target", type=click.Path(), metavar="DIR", help="Folder for the results.")
@click.option("--force", is_flag=True, help="Replace a zip that is neither Olive's nor ours, or was edited.")
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
    an Olive workflow file. Results go to -o, else into the run's folder.
    """
    settings = _settings(selection, {**options, "native_feed": runtime.native_feed})
    packages = _packages(settings, options["types"])
    jobs = list(_prepare(selection, settings, packages, runtime, force=options["force"]))
    chosen = jobs[0][1].chosen
    output.note((*notes.of_settings(settings), *notes.of_ranking(chosen.ranking), *notes.of_models(chosen)))
    warnings = list(dict.fromkeys([*settings.warnings, *(warning for _, job in jobs for warning in job.warnings)]))
    output.warn(warnings)
    if options["dry_run"]:
        plans = [{"type": type_, **plan_document(job)} for type_, job in jobs]
        output.data({"artifacts": plans}, lambda: "\n".join(plan_text(job) for _, job in jobs))
        return
    written = [(type_, carry_out(job, output)) for type_, job in jobs]
    document = {
        "artifacts": [
            {"type": type_, "path": str(one.path), "content_sha256": one.content_sha256} for type_, one in written
        ],
        "warnings": warnings,
    }
    output.data(document, lambda: "\n".join(written_text(one) for _, one in written))


def _settings(selection: Selection, options: dict[str, Any]) -> Settings:
    flags = {"output": options["target"], "native_feed": options["native_feed"], **render_flags(options)}
    if options["config"] is not None or selection.given is None:
        return selection.settings(flags, project=options["config"])
    from modelpress.candidates.reading.olive.workflow import is_workflow

    return selection.settings(flags, workflow=selection.given if is_workflow(selection.given) else None)


def _packages(settings: Settings, types: tuple[str, ...]) -> tuple[ZipfilePackage, ...]:
    """The configured packages, or those of --type; where nothing is said one zipfile without runtime packages."""
    from modelpress.config.package_types import parse_package_type
    from modelpress.config.packages import ZipfilePackage
    from modelpress.packaging.supported import ZIPFILE, refuse_unsupported_type, supported

    wanted = [parse_package_type(one) for one in types]
    for native, given in zip(wanted, types, strict=True):
        refuse_unsupported_type(native, f"--type {given}")
    file = settings["packages"].where
    packages = tuple(
        supported(one, f"{file}: packages[{place}]")
        for place, one in enumerate(settings.configuration.packages)
        if not wanted or one.type in wanted
    )
    return packages or (ZipfilePackage(type=ZIPFILE, runtime_packages=False),)


def _prepare(
    selection: Selection,
    settings: Settings,
    packages: tuple[ZipfilePackage, ...],
    runtime: RuntimeOptions,
    *,
    force: bool,
) -> Iterator[tuple[str, Prepared]]:
    """Read, rank and find the models once, then plan each artifact; nothing is written before all are planned."""
    from modelpress import pipeline
    from modelpress.cli.rendering import golden_for, output_folder, rendering_for
    from modelpress.config.package_types import PACKAGE_TYPES
    from modelpress.packaging.artifact_names import distinct_names
    from modelpress.packaging.chosen import choose
    from modelpress.packaging.dimensions import dimensions_of
    from modelpress.packaging.golden import NO_GOLDEN
    from modelpress.packaging.olive_zip import set_names

    chosen = choose(selection.request(settings))
    dims = dimensions_of(chosen, settings.configuration.render.dims)
    golden = golden_for(settings, chosen, dims, by_default=False)
    folder = output_folder(settings, chosen.folder)
    for package, name in zip(packages, distinct_names([f"{one.name}.zip" for one in packages]), strict=True):
        sets = set_names(samples=package.samples, mlflow=package.mlflow)
        rendering = rendering_for(settings, chosen.request.source, sets, dims)
        compression = package.compression or settings.configuration.compression
        target = pipeline.Target(folder / name, compression, force=force)
        vectors = golden if package.samples else NO_GOLDEN
        prepared = pipeline.plan_zip(
            chosen, rendering, target, vectors, runtime.packages_for(package, chosen, settings)
        )
        yield PACKAGE_TYPES[package.type], prepared
