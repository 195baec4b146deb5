"""A list of candidates as a CSV table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.config.problems import MalformedError, quoted

TEXT_COLUMNS = ("id", "model", "accelerator", "onnx_file_name", "type")
DIRECTIONS = {"min": False, "max": True}
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """The data of a list of candidates, and the line that each of them stands in."""

    data: Mapping[str, Any]
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of figures; `higher_is_better` None where the metric does not decide."""

    metric: str
    higher_is_better: bool | None


def parse_table(text: str) -> Table:
    """The data in a table with the columns `id`, `model`, `accelerator` and one for each metric.

    A metric's column is `NAME`, or `NAME:min` or `NAME:max` where it decides; those decide in
    the order of the columns. An empty cell is a value that was not measured. Cells are
    separated by commas, semicolons or tabs. Raises MalformedError with the line.
    """
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    candidates, lines = [], []
    try:
        header = [cell.strip() for cell in next(rows, [])]
        columns = _columns(header)
        for row in rows:
            if any(cell.strip() for cell in row):
                lines.append(rows.line_num)
                candidates.append(_candidate(header, columns, row, rows.line_num))
    except csv.Error as error:
        raise MalformedError(f"not a table: {error}", (rows.line_num,)) from None
    deciding = [column for column in columns.values() if column.higher_is_better is not None and candidates]
    rules = {
        column.metric: {"priority": priority, "higher_is_better": column.higher_is_better}
        for priority, column in enumerate(deciding, 1)
    }
    return Table({"candidates": candidates, "metrics": rules}, lines)


def _columns(header: Sequence[str]) -> dict[str, _Column]:
    if "model" not in header:
        raise MalformedError(
            "has no column model", (1,), f"The columns are {', '.join(TEXT_COLUMNS[:3])} and one for each metric."
        )
    columns = {}
    for cell in header:
        if cell not in TEXT_COLUMNS:
            name, separator, direction = cell.rpartition(":")
            decides = bool(separator) and direction in DIRECTIONS
            columns[cell] = _Column(name, DIRECTIONS[direction]) if decides else _Column(cell, None)
    metrics = [column.metric for column in columns.values()]
    repeated = [name for name, count in Counter([*metrics, *(set(header) & set(TEXT_COLUMNS))]).items() if count > 1]
    if repeated or len(set(header)) < len(header) or "" in header:
        what = f"the column {quoted(repeated[0])} twice" if repeated else "a column twice, or one without a name"
        raise MalformedError(f"has {what}", (1,))
    return columns


def _candidate(header: Sequence[str], columns: Mapping[str, _Column], row: Sequence[str], line: int) -> dict[str, Any]:
    if len(row) > len(header):
        raise MalformedError(f"has {len(row)} cells where the header has {len(header)}", (line,))
    candidate: dict[str, Any] = {"metrics": {}}
    for title, cell in zip(header, map(str.strip, row), strict=False):
        if title not in columns:
            candidate |= {title: cell} if cell else {}
            continue
        try:
            candidate["metrics"][columns[title].metric] = float(cell) if cell else None
        except ValueError:
            hint = "Write a number, or leave the cell empty where nothing was measured."
            raise MalformedError(f"{quoted(title)}: {quoted(cell)} is not a number", (line,), hint) from None
    return candidate
