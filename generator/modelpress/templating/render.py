"""Renders template sets: from a context to the files of a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError
from modelpress.templating.context import RenderContext, as_plain
from modelpress.templating.making import Made, make
from modelpress.templating.sets import TemplateSet

NOWHERE: Mapping[str, str] = {}


def render(
    context: RenderContext, template_set: TemplateSet, *, folders: Mapping[str, str] = NOWHERE
) -> dict[str, Entry]:
    """The files of one set by their path in the bundle.

    `folders` mounts a top-level folder of the set elsewhere ({"samples": "SampleCode"}).
    Raises ModelpressError with the template's file and line, and UnsafeInputError where a
    path leaves the bundle or a template reaches for code.
    """
    return render_plain(as_plain(context), template_set, folders)


def render_sets(
    context: RenderContext, sets: Iterable[TemplateSet], *, folders: Mapping[str, str] = NOWHERE
) -> dict[str, Entry]:
    """The files of several sets; two that write one path are an error, unless they take it from one file."""
    sets = tuple(sets)
    rendered: dict[str, tuple[Entry, Path]] = {}
    writers: dict[str, str] = {}
    for template_set, made in zip(sets, _made(as_plain(context), sets, folders), strict=True):
        for path, one in made.items():
            written = _written(one, template_set)
            if path in rendered and rendered[path] != written:
                raise ModelpressError(
                    f"the template sets {writers[path]} and {template_set.name} both write {path}",
                    hint="Render one of them, or let one extend the other.",
                )
            rendered[path], writers[path] = written, template_set.name
    return {path: entry for path, (entry, _) in rendered.items()}


def render_plain(
    context: Mapping[str, Any], template_set: TemplateSet, folders: Mapping[str, str] = NOWHERE
) -> dict[str, Entry]:
    """As `render`, from plain data."""
    (made,) = _made(context, [template_set], folders)
    return {path: _written(one, template_set)[0] for path, one in made.items()}


def _made(
    context: Mapping[str, Any], sets: Sequence[TemplateSet], folders: Mapping[str, str]
) -> Sequence[dict[str, Made]]:
    """The files of each set. What others wrote is made in a process of its own, which may use so much and no more."""
    if any(one.is_foreign for one in sets):
        from modelpress.templating.apart import make_apart

        return make_apart(context, sets, folders)
    return [make(context, one, folders) for one in sets]


def _written(made: Made, template_set: TemplateSet) -> tuple[Entry, Path]:
    """The content, and the file of the set that it was made from."""
    folder = template_set.folders[made.place]
    return made.text or folder.content(made.name), folder.file(made.name)
