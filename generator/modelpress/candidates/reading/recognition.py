"""Recognising a source by its content, and reading it with the reader that fits."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from modelpress.candidates.candidate import CandidateSet
from modelpress.candidates.reading import single_model
from modelpress.candidates.reading.listing import listing
from modelpress.candidates.reading.olive import models_rank
from modelpress.candidates.reading.olive import package as olive_package
from modelpress.candidates.reading.olive import run as olive_run
from modelpress.candidates.reading.olive import workflow as olive_workflow
from modelpress.candidates.reading.recorded_values import kind_of
from modelpress.candidates.reading.source import Source, children
from modelpress.config.problems import quoted
from modelpress.errors import ModelpressError
from modelpress.wording import enumerated

ENTRY_POINTS = "modelpress.candidates.v1"
SHOWN = 5  # names in a message
ACCEPTED = (
    "Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an Olive"
    " zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a model."
)


class Reader(Protocol):
    """A module or object that reads one kind of source.

    `recognises` looks at the content and is cheap; `read` is called where it said yes, and
    raises ModelpressError (NoCandidateError where nothing usable is left). With `strict` one
    unusable candidate is an error, otherwise it goes to `rejected`.
    """

    @property
    def name(self) -> str: ...

    def recognises(self, source: Source) -> bool: ...

    def read(self, source: Source, *, strict: bool) -> CandidateSet: ...


READERS: dict[str, Reader] = {  # asked in this order: a run may hold a package, which may hold a rank list
    reader.name: reader for reader in (listing, olive_run, olive_package, models_rank, olive_workflow, single_model)
}


def read(path: Path, *, strict: bool = False) -> CandidateSet:
    """All candidates at `path`, by the first reader that recognises it.

    Readers of other packages (entry points `modelpress.candidates.v1`) are asked last. With
    `strict` one unusable candidate is an error. Raises ModelpressError where the path does
    not exist, is not recognised or is broken, and NoCandidateError where nothing usable is left.
    """
    source = Source(Path(path))
    _refuse_unreadable(source)
    for reader in _readers():
        if reader.recognises(source):
            return reader.read(source, strict=strict)
    raise ModelpressError(f"{path} {_description(source)}", hint=ACCEPTED, file=str(path))


def _refuse_unreadable(source: Source) -> None:
    try:
        mode = source.path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ModelpressError(f"{source}: cannot be read: {reason}", hint=ACCEPTED, file=str(source)) from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # reading a pipe may wait for ever
        raise ModelpressError(f"{source} is neither a file nor a folder", hint=ACCEPTED, file=str(source))


def _readers() -> Iterator[Reader]:
    yield from READERS.values()
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            yield point.load()
        except (ImportError, AttributeError) as error:
            raise ModelpressError(
                f"the reader {point.name} ({point.value}) cannot be loaded: {error}",
                hint="Repair or uninstall the package that brings it.",
            ) from error


def _description(source: Source) -> str:
    if source.tree is not None:
        files, folders = children(source.tree)
        names = [*(f"{folder}/" for folder in folders), *files]
        return f"holds no candidates: it {f'has {enumerated(names, SHOWN)}' if names else 'is empty'}"
    if isinstance(source.data, dict):
        keys = enumerated(list(map(quoted, source.data)), SHOWN)
        return f"is not a list of candidates nor a file of Olive's: its keys are {keys or 'none'}"
    if source.data is not None:
        return f"is not a list of candidates nor a file of Olive's: it is {kind_of(source.data)}"
    return "is not a file that candidates can be read from"
