"""Reads the body of an inference request: JSON, with tensors in it or in binary after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from model_runner.inputs import convert
from model_runner.messages import SampleError
from v2_server.binary import array_of
from v2_server.datatypes import Tensor
from v2_server.errors import RequestError


@dataclass(frozen=True)
class InferRequest:
    """The values by input name, and which outputs are wanted, each in binary or not.

    No outputs means all of them, in the form that `binary` says.
    """

    id: str | None
    feeds: dict[str, np.ndarray[Any, Any]]
    outputs: dict[str, bool]
    binary: bool


def read_request(
    body: bytes, json_length: int | None, tensors: Mapping[str, Tensor]
) -> InferRequest:
    """Read a body whose JSON ends after `json_length` bytes, or which is all JSON.

    Raises RequestError that names the field at fault.
    """
    view = memoryview(body)
    if json_length is not None and not 0 <= json_length <= len(view):
        raise RequestError(
            f"Inference-Header-Content-Length is {json_length}, "
            f"and the body has {len(view)} bytes"
        )
    document = _read_json(view[:json_length])
    inputs = _Inputs(tensors, view[json_length:] if json_length is not None else None)
    given = _objects(document.get("inputs"), "inputs")
    for place, entry in enumerate(given):
        inputs.read(entry, f"inputs[{place}]")
    inputs.finish()
    parameters = _parameters(document, "the request")
    binary = _flag(parameters, "binary_data_output", "parameters", default=False)
    return InferRequest(
        id=_identifier(document.get("id")),
        feeds=inputs.feeds,
        outputs=_wanted(document.get("outputs"), binary=binary),
        binary=binary,
    )


def _read_json(text: memoryview) -> dict[str, Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RequestError("the body is not a JSON object")
    return document


def _objects(value: Any, place: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise RequestError(f"{place} must be a list of objects")
    return value


def _identifier(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise RequestError("id must be text")
    return value


def _parameters(owner: Mapping[str, Any], place: str) -> dict[str, Any]:
    parameters = owner.get("parameters")
    if not isinstance(parameters, dict | None):
        raise RequestError(f"the parameters of {place} must be an object")
    return parameters or {}


def _flag(parameters: dict[str, Any], name: str, place: str, *, default: bool) -> bool:
    value = parameters.get(name, default)
    if not isinstance(value, bool):
        raise RequestError(f"{place}.{name} must be true or false")
    return value


def _wanted(value: Any, *, binary: bool) -> dict[str, bool]:
    """The names of the outputs that are asked for, and whether each is to be binary."""
    wanted: dict[str, bool] = {}
    for place, entry in enumerate(_objects([] if value is None else value, "outputs")):
        where = f"outputs[{place}]"
        name = entry.get("name")
        if not isinstance(name, str):
            raise RequestError(f"{where} has no name")
        if name in wanted:
            raise RequestError(f"{where}: {name!r} is asked for twice")
        parameters = _parameters(entry, where)
        if "classification" in parameters:
            raise RequestError(f"{where}: there is no classification extension here")
        wanted[name] = _flag(parameters, "binary_data", where, default=binary)
    return wanted


class _Inputs:
    """Gathers inputs; `rest` is what of the binary part has not been taken yet."""

    def __init__(self, tensors: Mapping[str, Tensor], rest: memoryview | None) -> None:
        self.feeds: dict[str, np.ndarray[Any, Any]] = {}
        self._tensors = tensors
        self._rest = rest

    def read(self, entry: Mapping[str, Any], place: str) -> None:
        tensor = self._tensor(entry, place)
        place = f"{place} {tensor.name!r}"
        shape = _shape(entry, tensor, place)
        size = _parameters(entry, place).get("binary_data_size")
        try:
            if size is not None:
                value = array_of(self._take(size, place), tensor, shape)
            else:
                value = _from_json(_data(entry, place), tensor, shape)
            self.feeds[tensor.name] = value.reshape(shape)
        except TypeError as error:
            message = f"{place}: data must be {tensor.datatype}: {error}"
            raise RequestError(message) from error
        except (OverflowError, SampleError, ValueError) as error:
            raise RequestError(f"{place}: {error}") from error

    def finish(self) -> None:
        """All that the model needs is there, and all that came was used."""
        missing = [
            tensor.name
            for tensor in self._tensors.values()
            if not tensor.optional and tensor.name not in self.feeds
        ]
        if missing:
            raise RequestError(f"inputs lacks {', '.join(map(repr, missing))}")
        if self._rest:
            raise RequestError(
                f"{len(self._rest)} bytes of the body belong to no input: "
                "the parameter binary_data_size of an input says how many are its"
            )

    def _tensor(self, entry: Mapping[str, Any], place: str) -> Tensor:
        name = entry.get("name")
        if not isinstance(name, str) or name not in self._tensors:
            known = ", ".join(map(repr, self._tensors))
            raise RequestError(f"{place}: the model has no input {name!r}, but {known}")
        if name in self.feeds:
            raise RequestError(f"{place}: {name!r} is given twice")
        tensor = self._tensors[name]
        datatype = entry.get("datatype")
        if datatype != tensor.datatype:
            raise RequestError(
                f"{place} {name!r}: datatype is {datatype!r}, "
                f"and the model takes {tensor.datatype}"
            )
        return tensor

    def _take(self, size: Any, place: str) -> memoryview:
        if self._rest is None:
            raise RequestError(
                f"{place}: binary data needs the header Inference-Header-Content-Length"
            )
        if type(size) is not int or not 0 <= size <= len(self._rest):
            raise RequestError(
                f"{place}: binary_data_size is {size!r}, "
                f"and the body has {len(self._rest)} bytes left"
            )
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def _shape(entry: Mapping[str, Any], tensor: Tensor, place: str) -> list[int]:
    shape = entry.get("shape")
    if not isinstance(shape, list) or not all(
        type(size) is int and size >= 0 for size in shape
    ):
        raise RequestError(f"{place}: shape must be a list of sizes, not {shape!r}")
    if not tensor.fits(shape):
        raise RequestError(
            f"{place}: shape is {shape}, and the model takes {tensor.shape} "
            "(-1 is any size)"
        )
    return shape


def _data(entry: Mapping[str, Any], place: str) -> list[Any]:
    data = entry.get("data")
    if not isinstance(data, list):
        raise RequestError(f"{place}: data must be a list")
    return data


def _from_json(
    data: list[Any], tensor: Tensor, shape: list[int]
) -> np.ndarray[Any, Any]:
    """The array in nested or flat lists."""
    given = _as_text(data) if tensor.dtype == "uint64" else data
    array: np.ndarray[Any, Any] = convert(given, tensor.type)
    if array.ndim > 1 and list(array.shape) != shape:
        raise ValueError(f"shape is {shape}, and data has {list(array.shape)}")
    if array.size != math.prod(shape):
        raise ValueError(f"shape is {shape}, and data has {array.size} elements")
    return array


def _as_text(item: Any) -> Any:
    """Whole numbers as text: numpy makes floats of a list with small and very large ones."""
    if isinstance(item, list):
        return [_as_text(one) for one in item]
    return str(item) if type(item) is int else item
