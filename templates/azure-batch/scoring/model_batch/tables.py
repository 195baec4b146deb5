"""Tables: each row holds the inputs of one run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model_runner.messages import SampleError, note, printable
from model_runner.tensors import Argument, Value, split_type
from model_serving.service import Service


def score_table(
    service: Service, table: pd.DataFrame, folder: Path | None
) -> list[str] | pd.DataFrame:
    """A row of outputs, under its own index, for each row that could be scored.

    With a folder to write to, they are a file there, and the indices are returned.
    """
    inputs = columns_as_inputs(table, service.required, service.arguments)
    parts = list(_scored(service, inputs, table.index))
    results = pd.concat(parts) if parts else pd.DataFrame()
    if folder is None:
        return results
    content = results.to_csv()
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    (folder / f"rows-{digest}.csv").write_text(content, encoding="utf-8")
    return [str(index) for index in results.index]


def columns_as_inputs(
    table: pd.DataFrame, required: Sequence[Argument], arguments: Mapping[str, Argument]
) -> dict[str, Any]:
    """The columns of the inputs' names, or else all columns as the features of one input."""
    if all(argument.name in table.columns for argument in required):
        given = [one for one in arguments.values() if one.name in table.columns]
        return {one.name: _column(_values(table[one.name], one), one) for one in given}
    if len(required) == 1:
        return {required[0].name: _values(table, required[0])}
    columns = printable(", ".join(map(str, table.columns)))
    raise SampleError(f"no column for each of the inputs, only {columns}")


def _values(
    table: pd.DataFrame | pd.Series, argument: Argument
) -> np.ndarray[Any, Any]:
    """The cells; one that is no number leaves the others of its column as text."""
    values: np.ndarray[Any, Any] = table.to_numpy()
    if values.dtype == object and argument.type != "tensor(string)":
        values = np.frompyfunc(_number, 1, 1)(values)
    return values


def _number(cell: Any) -> Any:
    for read in (int, float) if isinstance(cell, str) else ():
        try:
            return read(cell)
        except ValueError:
            continue
    return cell


def _column(values: np.ndarray[Any, Any], argument: Argument) -> np.ndarray[Any, Any]:
    """A value for each row: one to one, or each in a list of its own."""
    rank = 1 if argument.shape is None else len(argument.shape)
    return values.reshape(-1, *[1] * (rank - 1))


def _scored(
    service: Service, inputs: Mapping[str, Any], index: pd.Index
) -> Iterator[pd.DataFrame]:
    """The rows all at once, or where the model does not take them so, one by one."""
    try:
        yield _score(service, inputs, index)
    except SampleError as error:
        if len(index) <= 1:
            note(f"row {printable(list(index))}: {error}")
            return
        for place in range(len(index)):
            row = slice(place, place + 1)
            one = {name: values[row] for name, values in inputs.items()}
            yield from _scored(service, one, index[row])


def _score(
    service: Service, inputs: Mapping[str, Any], index: pd.Index
) -> pd.DataFrame:
    # A column with one odd value in it is one of objects: as a list it may be numbers.
    values = {n: v.tolist() if v.dtype == object else v for n, v in inputs.items()}
    columns: dict[str, Any] = {}
    for output in service.predict(values):
        columns |= _columns(output, len(index))
    return pd.DataFrame(columns, index=index)


def _columns(output: Value, rows: int) -> dict[str, Any]:
    """An output as columns: one of its name, or `name_0`, `name_1`, ..., or `name_KEY`."""
    kind, inner = split_type(output.type)
    if kind == "seq" and inner.startswith("map(") and len(output.value) == rows:
        keys = dict.fromkeys(key for row in output.value for key in row)
        return {
            f"{output.name}_{k}": [row.get(k) for row in output.value] for k in keys
        }
    if kind != "tensor" or (rows != 1 and output.value.shape[:1] != (rows,)):
        raise SampleError(f"output {output.name!r} has no value for each row")
    values = output.value.reshape(rows, -1)
    if values.dtype.kind == "V":
        values = values.astype(np.float32)  # pandas has no bfloat16
    if values.shape[1] == 1:
        return {output.name: values[:, 0]}
    return {
        f"{output.name}_{place}": values[:, place] for place in range(values.shape[1])
    }
