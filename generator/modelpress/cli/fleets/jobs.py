"""The projects of a matrix as jobs: each with all that is needed to make it, in any process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelpress.cli.options import Selection, settings_in_force
from modelpress.errors import UsageError
from modelpress.fetching.address import without_credentials

if TYPE_CHECKING:
    from modelpress.config.settings import Settings
    from modelpress.fleet.matrix import Member
    from modelpress.fleet.stock import Choice
    from modelpress.fleet.telling import Settings as Told


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of all projects: where they go (a folder or a URL), whether anew, whether in earnest."""

    output: str
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ProjectJob:
    """One project to make."""

    name: str
    choice: Choice
    settings: Settings
    order: Order

    @property
    def shown_path(self) -> str:
        """Where it goes, without credentials."""
        return f"{without_credentials(self.order.output).rstrip('/')}/{self.name}"


def jobs_of(
    members: Sequence[Member], selection: Selection, flags: Mapping[str, object], order: Order
) -> tuple[ProjectJob, ...]:
    """A job for each project: what the matrix tells of it, and the other settings in force.

    A flag outranks what the matrix has in common for all; one for what makes a project what it
    is contradicts it. Raises UsageError that names the project.
    """
    from modelpress.config.layers import flag_layer

    given = flag_layer(_absolute({**selection.flags, **flags})).said()
    run = secrets.token_hex(8)
    known: dict[str, Settings] = {}
    jobs = []
    for member in members:
        telling = member.telling
        own = telling.own or {}
        _refuse_contradiction(member.name, given, own)
        settings = _settings({**(telling.common or {}), **given, **own}, member.name, known)
        source = telling.source or str(selection.source(settings).absolute())
        jobs.append(ProjectJob(member.name, _choice(member, selection, settings, (run, source)), settings, order))
    return tuple(jobs)


def _choice(member: Member, selection: Selection, settings: Settings, read: tuple[str, str]) -> Choice:
    from modelpress.fleet.stock import Choice

    configuration = settings.configuration
    run, source = read
    return Choice(
        run=run,
        source=source,
        by=configuration.ranking.by,
        tolerances=configuration.ranking.tolerances,
        where=configuration.ranking.where,
        everything=configuration.ranking.all,
        model_roots=tuple(settings.resolve("model_roots", folder) for folder in configuration.model_roots),
        strict=configuration.strict,
        trust=selection.trust,
        rank=member.telling.rank or 1,
        accelerator=member.telling.accelerator,
    )


def _settings(told: Told, name: str, known: dict[str, Settings]) -> Settings:
    """The settings in force with those told of the project; many projects have the same."""
    from modelpress.fleet.telling import as_flags

    key = repr(sorted(told.items(), key=repr))
    if key not in known:
        try:
            known[key] = settings_in_force(as_flags(told))
        except UsageError as error:
            raise UsageError(f"project {name}: {error.message}", hint=error.hint, file=error.file) from None
    return known[key]


def _refuse_contradiction(name: str, given: Told, own: Told) -> None:
    from modelpress.config.problems import dotted

    for keys in given.keys() & own.keys():
        raise UsageError(
            f"{dotted(keys)} is given, and the matrix has a value of its own for it in project {name}",
            hint="Leave the option out, or give the setting to all projects, under `common`.",
        )


def _absolute(flags: Mapping[str, object]) -> dict[str, object]:
    """The flags with absolute paths: workers of a cluster have working folders of their own."""
    from modelpress.packaging.answers import PATHS

    return {name: _absolute_paths(value) if name in PATHS else value for name, value in flags.items()}


def _absolute_paths(value: Any) -> Any:
    from modelpress.fleet.telling import located

    if isinstance(value, str | Path):
        return located(str(value), Path.cwd())
    return None if value is None else tuple(map(_absolute_paths, value))
