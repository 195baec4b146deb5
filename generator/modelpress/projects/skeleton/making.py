"""Make a project from a skeleton: fetch, look, ask, render, and only then put it in its place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelpress.errors import UsageError
from modelpress.executors.atomic import place_folder, workspace
from modelpress.executors.target import real
from modelpress.projects.skeleton.defaults import user_configuration
from modelpress.projects.skeleton.fetching import Skeleton, fetch
from modelpress.projects.skeleton.occupied import refuse_occupied
from modelpress.projects.skeleton.reference import Reference, parse_reference
from modelpress.projects.skeleton.rendering import render
from modelpress.projects.skeleton.replay import read_replay
from modelpress.projects.skeleton.survey import refuse_untrusted
from modelpress.projects.skeleton.task import Task
from modelpress.projects.skeleton.variables import Marks
from modelpress.version import __version__

UNNAMED = "project"  # until the skeleton has named it; and a name that is given may look like a template
PLAIN = Marks.of({})


@dataclass(frozen=True, slots=True)
class Source:
    """What `--skeleton` said; `text` None is the built-in one."""

    text: str | None = None
    checkout: str | None = None
    directory: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered beforehand: `given` by variable, an earlier project's in `replay`; `no_input` asks nothing."""

    given: Mapping[str, str] = field(default_factory=dict)
    replay: Path | None = None
    no_input: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project that lies at `content` for now, to be put at `target`; and what was answered."""

    content: Path
    target: Path
    answers: Mapping[str, Any]


@contextmanager
def fetched(source: Source) -> Iterator[Skeleton]:
    """The skeleton, in a private folder for as long as it is needed. Nothing of it is run."""
    with tempfile.TemporaryDirectory(prefix="modelpress-") as folder:
        yield fetch(_reference(source), Path(folder))


@contextmanager
def made(skeleton: Skeleton, answers: Answers, target: Path | None, *, trust: bool) -> Iterator[Project]:
    """The project, beside its target until the end: what fails before leaves nothing behind.

    `target` None puts it into the working folder, under the name that the skeleton gives it.
    Raises UnsafeInputError (exit 4) for a skeleton from elsewhere without `trust`.
    """
    if not trust:
        refuse_untrusted(skeleton)
    if target is not None:
        refuse_occupied(target)
    beside = real(target or Path(UNNAMED)).with_name(UNNAMED)
    with workspace(beside) as content, tempfile.TemporaryDirectory(prefix="modelpress-") as folder:
        content.mkdir()
        rendered = render(_task(skeleton, answers, target, content, Path(folder)))
        place = target or Path(rendered.name)
        yield Project(rendered.folder, place, rendered.answers)
        refuse_occupied(place)
        real(place).parent.mkdir(parents=True, exist_ok=True)
        place_folder(rendered.folder, real(place), replaces=place.exists())


def _task(skeleton: Skeleton, answers: Answers, target: Path | None, output: Path, scratch: Path) -> Task:
    built_in = skeleton.reference.kind == "built-in"
    named = {"project_name": real(target).name} if target else {}
    own = {**PLAIN.literal(named), "_modelpress_version": __version__}
    return Task(
        folder=skeleton.folder,
        home=skeleton.home,
        template=skeleton.shown,
        checkout=skeleton.reference.checkout,
        output=output,
        scratch=scratch,
        parent=target.parent if target else Path(),
        name=target.name if target else None,
        defaults=own if built_in else user_configuration().answers,
        answers=answers.given,
        replayed=None if answers.replay is None else read_replay(answers.replay),
        no_input=answers.no_input,
    )


def _reference(source: Source) -> Reference:
    if source.text is not None:
        return parse_reference(source.text, user_configuration().abbreviations, source.checkout, source.directory)
    if source.checkout is not None or source.directory is not None:
        raise UsageError("--checkout and --directory say more about --skeleton, which is not given")
    from importlib.resources import files

    return Reference("built-in", str(files("modelpress.templates") / "project"), "the built-in skeleton")
