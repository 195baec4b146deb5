"""Files of a mini-batch: each holds the inputs of one run."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from model_batch.tables import columns_as_inputs
from model_runner.inputs import npz_values
from model_runner.messages import SampleError, note, printable
from model_serving.answers import outputs_json
from model_serving.payloads import read_json_payload
from model_serving.service import Service

Values = dict[str, Any]
Reader = Callable[[bytes, Service], Values]


def score_files(
    service: Service, paths: Sequence[Path], folder: Path | None
) -> list[str]:
    """A result for each file that could be scored.

    It is {"file": name, "outputs": {...}} on one line, or with a folder to write to, the
    name of a file there that holds the outputs.
    """
    results = []
    for path in paths:
        content = path.read_bytes()
        try:
            values = _inputs(path.suffix, content, service)
            outputs = outputs_json(service.predict(values)).decode()
        except SampleError as error:
            note(f"{printable(path)}: {error}")
            continue
        if folder is None:
            results.append(f'{{"file": {json.dumps(path.name)}, {outputs[1:]}')
        else:
            results.append(_write(folder, path, content, outputs))
    return results


def _write(folder: Path, path: Path, content: bytes, outputs: str) -> str:
    """The same name whenever the same file is tried again, and another for any other."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    target = folder / f"{path.name}-{digest}.json"
    target.write_text(outputs, encoding="utf-8")
    return target.name


def _inputs(suffix: str, content: bytes, service: Service) -> Values:
    reader = READERS.get(suffix.lower())
    if reader is None:
        raise SampleError(f"not one of {', '.join(READERS)}")
    return reader(content, service)


def _json(content: bytes, _: Service) -> Values:
    return read_json_payload(content)[0]


def _npz(content: bytes, _: Service) -> Values:
    return npz_values(io.BytesIO(content))


def _npy(content: bytes, service: Service) -> Values:
    names = [argument.name for argument in service.required]
    if len(names) != 1:
        raise SampleError(f"one array, and the model takes {len(names)}: use .npz")
    try:
        return {names[0]: np.load(io.BytesIO(content), allow_pickle=False)}
    except Exception as error:  # numpy has errors of every kind
        raise SampleError(
            f"cannot be read as a .npy file: {printable(error)}"
        ) from error


def _table(read: Callable[[IO[bytes]], pd.DataFrame]) -> Reader:
    def inputs(content: bytes, service: Service) -> Values:
        try:
            table = read(io.BytesIO(content))
        except Exception as error:  # pandas and its parsers have errors of every kind
            raise SampleError(f"it holds no table: {printable(error)}") from error
        return columns_as_inputs(table, service.required, service.arguments)

    return inputs


READERS: Mapping[str, Reader] = {
    ".json": _json,
    ".npz": _npz,
    ".npy": _npy,
    ".csv": _table(pd.read_csv),
    ".parquet": _table(pd.read_parquet),
}
