"""Our own list of candidates: any models with metrics, in YAML, JSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelpress.candidates.candidate import CandidateSet, ModelReference, Step
from modelpress.candidates.reading import datafile
from modelpress.candidates.reading.assembly import Record, assemble
from modelpress.candidates.reading.listing.check import ListingError, checked
from modelpress.candidates.reading.listing.form import Entry, Figure, Rule
from modelpress.candidates.reading.listing.table import Table, parse_table
from modelpress.candidates.reading.measurement import Measurement
from modelpress.candidates.reading.source import Source
from modelpress.config.problems import Keys, MalformedError, at
from modelpress.errors import ModelpressError

name = "listing"
TABLES = {".csv", ".tsv"}
FORM = "`modelpress schema candidates` prints the form of a list."
TABLE_FORM = "The first line names the columns, each once; every other line has a cell for each of them."


def recognises(source: Source) -> bool:
    """A JSON or YAML mapping with `candidates`, or a CSV file."""
    if source.path.suffix.lower() in TABLES:
        return source.tree is None
    return isinstance(source.data, dict) and "candidates" in source.data


def read(source: Source, *, strict: bool) -> CandidateSet:
    """The candidates in their order; model paths are relative to the list.

    Raises ModelpressError with file, line and entry for the first thing that is wrong in it:
    the list is the user's own, so all of it must hold.
    """
    table = _table(source) if source.path.suffix.lower() in TABLES else None
    try:
        listing, rules = checked(table.data if table else source.data)
    except ListingError as error:
        keys = error.problem.keys
        line = _line_in_table(table.lines, keys) if table else datafile.line_of(source.content, keys)
        place = f"{source}:{line}" if line else str(source)
        raise ModelpressError(f"{place}: {error.problem}", hint=error.problem.hint or FORM, file=place) from None
    original = _measurement(listing.input_metrics, rules)
    records = [
        replace(_record(entry, rules, original), dims={**listing.dims, **entry.dims}) for entry in listing.candidates
    ]
    return assemble(CandidateSet(name, source.path, source.beside.location, ()), records, strict=strict)


def _table(source: Source) -> Table:
    try:
        return parse_table(source.content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ModelpressError(
            f"{source}: is not UTF-8 text", hint="Save the table as UTF-8.", file=str(source)
        ) from None
    except MalformedError as error:
        place = at(source, error.position)
        raise ModelpressError(f"{place}: {error}", hint=error.hint or TABLE_FORM, file=place) from None


def _line_in_table(lines: Sequence[int], keys: Keys) -> int:
    """The line of the candidate that `keys` lead to; the header's for anything else."""
    return lines[number] if len(keys) > 1 and isinstance(number := keys[1], int) else 1


def _record(entry: Entry, rules: Mapping[str, Rule], original: Measurement) -> Record:
    return Record(
        model_id=entry.id or entry.model,
        accelerator=entry.accelerator,
        model=_reference(entry),
        measured=_measurement(entry.metrics, rules),
        input_measured=original,
        history=tuple(Step(step.model_id, step.pass_name, step.config) for step in entry.history),
    )


def _reference(entry: Entry) -> ModelReference:
    usual = "openvinomodel" if entry.model.lower().endswith(".xml") else "onnxmodel"
    config = {
        "model_path": entry.model,
        "onnx_file_name": entry.onnx_file_name,
        "inference_settings": entry.inference_settings,
    }
    return ModelReference((entry.type or usual).lower(), entry.model, entry.onnx_file_name, config=config)


def _measurement(figures: Mapping[str, float | Figure | None], rules: Mapping[str, Rule]) -> Measurement:
    """The figures in Olive's form."""
    values: dict[str, Any] = {}
    for metric, figure in figures.items():
        rule = rules.get(metric, Rule())
        values[metric] = {
            "value": figure.value if isinstance(figure, Figure) else figure,
            "priority": rule.priority or -1,
            "higher_is_better": rule.higher_is_better,
        }
    return Measurement(values)
