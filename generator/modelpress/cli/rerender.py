"""Render a kept project again: as its lock says it was asked for, less what this command line asks for instead."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.bundle import LOCK_NAME
from modelpress.cli.options import Selection, content_options, policy_options, render_flags, trust_option
from modelpress.cli.output import Command
from modelpress.cli.render import DEFAULT_FOLDER
from modelpress.errors import ModelpressError

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.packaging.answers import Answers
    from modelpress.packaging.chosen import Chosen
    from modelpress.packaging.rendering import Rendering
    from modelpress.projects.fresh import Fresh
    from modelpress.projects.lock_file import Lock


@dataclass(frozen=True, slots=True)
class Asked:
    """What this command line asks for instead: settings by dotted name, and another rank."""

    flags: Mapping[str, object]
    rank: int | None
    trust: bool


@dataclass(frozen=True, slots=True)
class Again:
    """What a project would be now."""

    fresh: Fresh
    chosen: Chosen
    rendering: Rendering
    warnings: tuple[str, ...]


def asking_options(command: Command) -> Command:
    """Add DIR and all options that change what a project is rendered for; the command receives `folder` and `asked`."""

    @click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", required=False)
    @click.option("--source", type=click.Path(), metavar="PATH", help="Where the candidates are now.")
    @click.option("-t", "--set", "sets", multiple=True, metavar="SET", help="These template sets instead.")
    @click.option("--rank", type=click.IntRange(min=1), help="The candidate of this rank instead.")
    @click.option("--var", "variables", multiple=True, metavar="SET.KEY=VALUE", help="A template set's own variable.")
    @content_options
    @policy_options
    @trust_option
    @wraps(command)
    def with_asked(folder: Path | None, policy: Mapping[str, object], **options: Any) -> Any:
        names = ("templates", "dim", "golden", "inputs", "runtime_version")
        content = render_flags({name: options.pop(name) for name in names})
        flags = {
            "source": options.pop("source"),
            "render.sets": options.pop("sets"),
            "render.variables": options.pop("variables"),
            **content,
            **policy,
        }
        asked = Asked(flags, options.pop("rank"), options.pop("trust"))
        return command(folder=folder or _usual_folder(), asked=asked, **options)

    return with_asked  # type: ignore[return-value]  # click's decorators keep the signature loosely


def render_again(folder: Path, lock: Lock, asked: Asked) -> Again:
    """Render the project of this lock as it would be now, reading only."""
    from modelpress.cli.rendering import ingredients_of
    from modelpress.packaging.answers import Place
    from modelpress.packaging.chosen import candidate_of_rank, choose
    from modelpress.packaging.project import project_bundle
    from modelpress.pipeline import remarks_on
    from modelpress.projects.fresh import Fresh

    settings = _settings(folder, lock, asked.flags)
    request = Selection(None, {}, asked.trust).request(settings)
    if not request.source.exists():
        raise ModelpressError(
            f"{request.source}, which {folder} was rendered from, is not there", hint="Say where it is with --source."
        )
    chosen = choose(request, candidate_of_rank(asked.rank or lock.answers.rank))
    made = ingredients_of(settings, chosen, Place(folder, folder), None)
    bundle = project_bundle(chosen, made.rendering, made.golden, made.answers)
    remarks = remarks_on(chosen, made.rendering)
    warnings = (*settings.warnings, *chosen.warnings, *remarks, *made.golden.warnings)
    return Again(Fresh.of(bundle), chosen, made.rendering, warnings)


def _usual_folder() -> Path:
    return Path() if Path(LOCK_NAME).exists() else Path(DEFAULT_FOLDER)


def _settings(folder: Path, lock: Lock, flags: Mapping[str, object]) -> Settings:
    """The settings in force: flags and environment, then the lock, the project's file, the user's file."""
    from modelpress.config.layers import put
    from modelpress.config.paths import user_file
    from modelpress.config.problems import dotted
    from modelpress.config.settings import resolve_settings
    from modelpress.config.vocabulary import leaves
    from modelpress.packaging.answers import NAME, plain

    file, user = _configuration_file(folder, lock.answers), user_file(os.environ)
    given = resolve_settings(flags, os.environ, file, user)
    said = _absolute(lock.answers, folder)
    if given.configuration.project.name is not None:  # the one in the lock may be taken from the source
        said.get(NAME[0], {}).pop(NAME[1], None)
    for keys, value in leaves(given.configuration):
        if given.values[dotted(keys)].origin in {"flag", "environment"}:
            put(said, keys, plain(value))
    return resolve_settings(_by_field(said, lock, folder), os.environ, file, user)


def _configuration_file(folder: Path, answers: Answers) -> Path | None:
    if answers.configuration is None:
        return None
    file = _beside(folder, answers.configuration)
    if not file.exists():
        raise ModelpressError(
            f"{file}, which {folder} was rendered with, is not there",
            hint="Restore it, or move the project back to where it was in relation to it.",
            file=str(file),
        )
    return file


def _beside(folder: Path, path: str) -> Path:
    """What a path of the lock means; symlinks on the way to the folder count as where they lead."""
    return Path(os.path.normpath(Path(os.path.realpath(folder), path)))


def _absolute(answers: Answers, folder: Path) -> dict[str, Any]:
    """The settings of the lock, with paths that mean the same from the working folder."""
    from modelpress.packaging.answers import PATHS, with_paths

    said: dict[str, Any] = deepcopy(dict(answers.settings))
    for name in PATHS:
        *above, last = name.split(".")
        section = said
        for key in above:
            section = section.get(key, {})
        if last in section:
            section[last] = with_paths(section[last], lambda path: str(_beside(folder, path)))
    return said


def _by_field(said: Mapping[str, Any], lock: Lock, folder: Path) -> dict[str, object]:
    """The settings by dotted name, as flags are given. Raises where one that the lock could not hold is not said."""
    from modelpress.config.vocabulary import flag_name, setting_fields

    found: dict[str, object] = {}
    for name in setting_fields():
        value: Any = said
        for key in name.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None and name in lock.answers.elsewhere:
            what = f"the source {lock.source.name!r}" if name == "source" else f"what {flag_name(name)} named"
            raise ModelpressError(
                f"{folder} was rendered from elsewhere: {what} does not lie near it", hint=f"Give {flag_name(name)}."
            )
        found[name] = value
    return found
