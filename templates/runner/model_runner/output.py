"""Results as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_runner.documents import value_document
from model_runner.messages import printable
from model_runner.tensors import Value, family, split_type

SHOWN = 6  # values of an output, and elements of a sequence, in the table
WIDEST = 40  # characters of one of them

Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Result:
    """What was run: where, with which sizes of free dimensions, and on what."""

    providers: list[str]
    free_dimensions: dict[str, int]
    inputs: list[Value]
    outputs: list[Value]


def as_json(result: Result) -> str:
    """One document; what JSON has no numbers for is "NaN", "Infinity", "-Infinity"."""
    document = {
        "providers": result.providers,
        "free_dimensions": result.free_dimensions,
        "inputs": [value_document(value) for value in result.inputs],
        "outputs": [value_document(value) for value in result.outputs],
    }
    return json.dumps(document, allow_nan=False)


def as_table(outputs: Iterable[Value]) -> str:
    """The first values of each output, for people."""
    rows: list[Row] = [("output", "type", "shape", "values")]
    for output in outputs:
        rows += _rows(printable(output.name), output.value, output.type)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _rows(label: str, value: Any, type_name: str) -> Iterator[Row]:
    kind, inner = split_type(type_name)
    if value is None:
        yield label, "optional", "", "none"
    elif kind == "optional":
        yield from _rows(label, value, inner)
    elif kind == "seq":
        more = f"the first {SHOWN}:" if len(value) > SHOWN else ""
        yield label, "sequence", f"[{len(value)}]", more
        for index, item in enumerate(value[:SHOWN]):
            yield from _rows(f"{label}[{index}]", item, inner)
    elif kind == "map":
        entries = [f"{_short(key)}: {_short(item)}" for key, item in value.items()]
        yield label, "map", f"[{len(value)}]", _joined(entries)
    else:
        yield label, inner, str(list(value.shape)), _preview(value, inner)


def _preview(array: np.ndarray[Any, Any], dtype: str) -> str:
    """The first values; of many numbers their range and mean as well."""
    values = (array.astype(np.float64) if family(dtype) == "float" else array).ravel()
    text = _joined([_short(value) for value in values[: SHOWN + 1].tolist()])
    if values.size <= SHOWN or family(dtype) in ("bool", "string"):
        return text
    with np.errstate(all="ignore"):  # a NaN or an infinity shows in the figures
        figures = values.min(), values.max(), values.mean()
    low, high, mean = (_short(figure.item()) for figure in figures)
    return f"{text}  min {low} max {high} mean {mean}"


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else printable(value)[:WIDEST]


def _joined(texts: list[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (", ..." if len(texts) > SHOWN else "")
