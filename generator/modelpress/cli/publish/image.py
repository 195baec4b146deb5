"""`modelpress publish image`: build the image of a project, and push it where that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import dry_run_option, settings_in_force
from modelpress.cli.output import Command, Output, output_options, progress_option
from modelpress.cli.report import report_for
from modelpress.executors.image.engines import ENGINES

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.executors.image.options import BuildOptions
    from modelpress.executors.image.plan import ImagePlan
    from modelpress.executors.image.publish_image import Published


def _image_options(command: Command) -> Command:
    for add in (
        output_options,
        progress_option,
        dry_run_option,
        click.option("--push", metavar="REGISTRY/NAME", help="Push there, by the content's tag and the version's."),
        click.option("--size-budget", metavar="SIZE", help="Fail where the image is larger, such as 500MB."),
        click.option(
            "--proxy-ca", type=click.Path(), metavar="FILE", help="Certificates that pip trusts in the build."
        ),
        click.option("--platform", metavar="OS/ARCH", help="Build for another platform, such as linux/arm64."),
        click.option("--build-arg", multiple=True, metavar="NAME=VALUE", help="Argument of the Dockerfile."),
        click.option("--base-image", metavar="IMAGE", help="Start from this image instead of the Dockerfile's."),
        click.option("--name", metavar="NAME", help="Name of the image; by default the project's. Tags are made."),
        click.option("--engine", type=click.Choice(list(ENGINES)), help="By default the first that can be used."),
        click.option(
            "-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Instead of modelpress.yaml."
        ),
        click.argument("path", type=click.Path(path_type=Path), metavar="DIR|ZIP"),
    ):
        command = add(command)
    return command


@click.command(short_help="Build an image, push it.")
@_image_options
def image(path: Path, output: Output, config: Path | None, dry_run: bool, **options: Any) -> None:  # noqa: FBT001 - click passes by name
    """Build the image of a project with a Dockerfile, by docker, podman or buildah.

    It gets two tags: one that names the project's content, and its version. They are set last,
    after the build, the budget and the push: no name stands for something half done.
    """
    from modelpress.executors.image import plan as planning
    from modelpress.executors.image import publish_image
    from modelpress.project_files import open_bundle

    settings = settings_in_force(_flags(options), project=config)
    output.warn(settings.warnings)
    asked = settings.configuration.image
    wishes = planning.Wishes(build_options(settings), asked.name or "", asked.push or "")
    bundle = open_bundle(path)
    folder = path if path.is_dir() else None
    with report_for(output.progress) as report:
        plan = planning.plan(bundle, folder, wishes, report)
        done = None if dry_run else publish_image.execute(plan, report)
    if done is None:
        output.data(_plan_document(plan), lambda: _plan_text(plan))
    else:
        output.data(_document(plan, done, settings.warnings), lambda: _text(done))


def build_options(settings: Settings) -> BuildOptions:
    """How to build, from the settings in force."""
    from modelpress.executors.image.options import BuildOptions, size_in_bytes

    asked = settings.configuration.image
    return BuildOptions(
        engine=asked.engine,
        base_image=asked.base_image or "",
        build_args=asked.build_args,
        platform=asked.platform or "",
        proxy_ca=settings.resolve("image.proxy_ca", asked.proxy_ca) if asked.proxy_ca else None,
        size_budget=size_in_bytes(asked.size_budget) if asked.size_budget else None,
    )


def _flags(options: dict[str, Any]) -> dict[str, object]:
    """The settings that the options give; they are called alike."""
    names = {"build_arg": "build_args"}
    return {f"image.{names.get(name, name)}": value for name, value in options.items()}


def _plan_document(plan: ImagePlan) -> dict[str, Any]:
    return {
        "engine": plan.build.engine.name,
        "content_sha256": plan.content_sha256,
        "commands": list(plan.commands),
        "tags": list(plan.name.references),
        "pushes": list(plan.pushed.references) if plan.pushed else [],
    }


def _plan_text(plan: ImagePlan) -> str:
    return "\n".join([f"with {plan.build.engine.name}, would run", *(f"  {command}" for command in plan.commands)])


def _document(plan: ImagePlan, done: Published, warnings: tuple[str, ...]) -> dict[str, Any]:
    built = done.built
    return {
        "artifacts": [
            {
                "type": "image",
                "asset": done.tags[-1],
                "image": built.image,
                "tags": list(done.tags),
                "pushed": list(done.pushed),
                "digest": done.digest or None,
                "size": built.size,
                "layers": [{"instruction": layer.instruction, "size": layer.size} for layer in built.layers],
                "content_sha256": plan.content_sha256,
            }
        ],
        "warnings": list(warnings),
    }


def _text(done: Published) -> str:
    lines = [f"{' and '.join(done.tags)}: {done.built.image}"]
    lines += [f"{layer.size:>15,}  {layer.instruction}" for layer in done.built.layers]
    lines += [f"{done.built.size:>15,}  bytes in all"]
    lines += [f"pushed {reference}" for reference in done.pushed]
    return "\n".join([*lines, *([f"digest {done.digest}"] if done.digest else [])])
