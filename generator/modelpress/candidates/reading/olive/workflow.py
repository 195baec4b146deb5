"""The workflow file of an Olive run as a source: the run that it made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelpress.candidates.candidate import CandidateSet
from modelpress.candidates.reading.olive import run as olive_run
from modelpress.candidates.reading.recorded_values import mapping, text
from modelpress.candidates.reading.source import Source
from modelpress.errors import ModelpressError

name = "olive-workflow"
KEYS = {"input_model", "passes", "packaging_config", "engine"}


def recognises(source: Source) -> bool:
    """A JSON or YAML file with the keys of a workflow."""
    return isinstance(source.data, dict) and bool(source.data.keys() & KEYS)


def is_workflow(path: Path) -> bool:
    """Whether the path is a workflow file: the configuration of the run as well as its source."""
    source = Source(path)
    return path.is_file() and source.tree is None and recognises(source)


def read(source: Source, *, strict: bool) -> CandidateSet:
    """The run in the workflow's `output_dir`, or else in the folder of the file.

    Raises ModelpressError naming the places where no run was found.
    """
    places = list({place.absolute(): place for place in _places(source.data, source.path)}.values())
    for place in places:
        run = Source(place)
        if _is_folder(place) and olive_run.recognises(run):
            return replace(olive_run.read(run, strict=strict, workflow=source.data), source=source.path)
    raise ModelpressError(
        f"{source}: no Olive run was found in its output_dir; tried {', '.join(map(str, places))}",
        hint="Run `olive run` first, or give the folder that it wrote to.",
        file=str(source),
    )


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError:  # a name that is too long
        return False


def _places(workflow: Mapping[str, Any], path: Path) -> Iterator[Path]:
    """The folders where the results may be, likeliest first."""
    recorded = text(workflow.get("output_dir")) or text(mapping(workflow.get("engine")).get("output_dir"))
    if recorded:
        for base in (path.parent, Path.cwd()):
            output = base / recorded
            yield output
            if output.suffix:  # since 0.10 a new name with a dot in it is taken for a file
                yield output.parent
    yield path.parent
