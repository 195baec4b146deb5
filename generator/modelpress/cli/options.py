"""Options that several commands share, and what they become."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from modelpress.cli.output import Command
from modelpress.config.package_types import Compression
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.packaging.chosen import Request


@dataclass(frozen=True, slots=True)
class Selection:
    """What the command line says of the candidates; `flags` are dotted setting names to what was given."""

    given: Path | None
    flags: Mapping[str, object]
    trust: bool

    def settings(
        self, flags: Mapping[str, object] | None = None, *, project: Path | None = None, workflow: Path | None = None
    ) -> Settings:
        """The settings in force: these flags and the command's own, the environment, the files, the user's file.

        The files are `workflow`, Olive's, and `project`; without the latter the modelpress.yaml in
        the working folder, if there is one.
        """
        return settings_in_force({**self.flags, **(flags or {})}, project=project, workflow=workflow)

    def source(self, settings: Settings) -> Path:
        """Where the candidates are. Raises UsageError where neither the command line nor a setting says it."""
        if self.given is not None:  # as it is: a path need not be text, and a setting must be
            return self.given
        configured = settings.configuration.source
        if configured is None:
            raise UsageError("no SOURCE is given", hint="Name it after the command, or as `source` in modelpress.yaml.")
        return settings.resolve("source", configured)

    def request(self, settings: Settings) -> Request:
        """What to read and how to rank it."""
        from modelpress.candidates import parse_policy
        from modelpress.packaging.chosen import Request

        configuration = settings.configuration
        ranking = configuration.ranking
        return Request(
            source=self.source(settings),
            policy=parse_policy(ranking.by, ranking.tolerances, ranking.where, everything=ranking.all),
            model_roots=tuple(settings.resolve("model_roots", folder) for folder in configuration.model_roots),
            strict=configuration.strict,
            trust=self.trust,
        )


def settings_in_force(
    flags: Mapping[str, object], *, project: Path | None = None, workflow: Path | None = None
) -> Settings:
    """The settings from every layer, for this process."""
    from modelpress.config.paths import project_file, user_file
    from modelpress.config.settings import resolve_settings

    file = project or project_file(Path.cwd())
    return resolve_settings(flags, os.environ, file, user_file(os.environ), workflow=workflow)


def policy_options(command: Command) -> Command:
    """Add the options that say how to choose; the command receives them as `policy`, settings by dotted name."""

    @click.option(
        "--by", multiple=True, metavar="METRIC[:max|:min]", help="Rank by this metric; first is most important."
    )
    @click.option(
        "--tolerance", multiple=True, metavar="METRIC=N[%]", help="Values this near to the best count as equal."
    )
    @click.option("--where", multiple=True, metavar="CONDITION", help="Only candidates such as 'latency-avg<10'.")
    @click.option("--all", "everything", is_flag=True, help="Every evaluated candidate, not the Pareto front alone.")
    @click.option("--model-root", multiple=True, type=click.Path(), metavar="DIR", help="Look for models here as well.")
    @click.option("--strict", is_flag=True, help="One unusable candidate or unknown key is an error.")
    @wraps(command)
    def with_policy(**options: Any) -> Any:
        policy = {
            "ranking.by": options.pop("by"),
            "ranking.tolerance": options.pop("tolerance"),
            "ranking.where": options.pop("where"),
            "ranking.all": options.pop("everything") or None,
            "model_roots": options.pop("model_root"),
            "strict": options.pop("strict") or None,
        }
        return command(policy=policy, **options)

    return with_policy  # type: ignore[return-value]  # click's decorators keep the signature loosely


def selection_options(command: Command) -> Command:
    """Add SOURCE and the options that choose from it; the command receives them as `selection: Selection`."""

    @click.argument("source", type=click.Path(path_type=Path), required=False)
    @policy_options
    @wraps(command)
    def with_selection(source: Path | None, policy: Mapping[str, object], **options: Any) -> Any:
        return command(selection=Selection(source, policy, options.pop("trust", False)), **options)

    return with_selection  # type: ignore[return-value]  # click's decorators keep the signature loosely


def trust_option(command: Command) -> Command:
    """Add --trust; goes above `selection_options`, which takes its value."""
    return click.option(
        "--trust", is_flag=True, help="Pass inference settings on that name a path or a library to load."
    )(command)


def dry_run_option(command: Command) -> Command:
    """Add --dry-run."""
    return click.option("-n", "--dry-run", is_flag=True, help="Print what would be done and change nothing.")(command)


def templates_option(command: Command) -> Command:
    """Add --templates."""
    return click.option(
        "--templates", multiple=True, type=click.Path(), metavar="DIR", help="Folder with template sets, nearest first."
    )(command)


def content_options(command: Command) -> Command:
    """Add --templates, --dim, --golden, --inputs and --runtime-version: what is rendered."""
    dim = click.option(
        "--dim", multiple=True, metavar="NAME=N", help="Size of a symbolic dimension: NAME=N or INPUT:AXIS=N."
    )
    golden = click.option(
        "--golden/--no-golden",
        default=None,
        help="Run the model once, and put its inputs and outputs beside the samples, which check against them.",
    )
    inputs = click.option(
        "--inputs", type=click.Path(), metavar="FILE.npz", help="Real inputs for them; the others are made up."
    )
    version = click.option(
        "--runtime-version", metavar="VERSION", help="ONNX Runtime that samples name; by default the installed version."
    )
    return templates_option(dim(golden(inputs(version(command)))))


def render_options(command: Command) -> Command:
    """Add what `content_options` adds, and --compression: how a bundle is rendered and written."""
    compression = click.option(
        "--compression",
        type=click.Choice(get_args(Compression)),
        help="Of a zip: store models and deflate text, store or deflate everything, or decide by samples.",
    )
    return content_options(compression(command))


def render_flags(options: Mapping[str, Any]) -> dict[str, object]:
    """The settings that `render_options` or `content_options` give."""
    return {
        "render.dims": options["dim"],
        "render.golden": options["golden"],
        "render.inputs": options["inputs"],
        "render.runtime_version": options["runtime_version"],
        "templates": options["templates"],
        "compression": options.get("compression"),
    }
