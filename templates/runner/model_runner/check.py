"""Golden vectors: the inputs to feed, and whether the outputs are as expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model_runner.documents import elements, value_document
from model_runner.messages import SampleError, printable
from model_runner.settings import read_json
from model_runner.tensors import Value, family

FORMAT = 1  # of golden.json

Document = Mapping[str, Any]
"""A value of the form that golden.json has."""


def read_golden(path: Path | None) -> list[Document]:
    """The expected outputs, each with its tolerance."""
    if path is None:
        raise SampleError("this project was rendered without golden vectors")
    document = read_json(path)
    outputs = document.get("outputs")
    if document.get("format") != FORMAT or not isinstance(outputs, list):
        raise SampleError(f"{path} is not of the form that this sample knows")
    return outputs


def check(outputs: Iterable[Value], golden: Iterable[Document], path: Path) -> int:
    """How many outputs agree, which is all of them: a difference is an error."""
    got = {output.name: value_document(output) for output in outputs}
    try:
        expected = {output["name"]: output for output in golden}
        if got.keys() != expected.keys():
            names = f"{sorted(got)}, expected {sorted(expected)}"
            raise SampleError(f"check failed: the outputs are {printable(names)}")
        for name, output in expected.items():
            _Comparison(output).compare(got[name], output, printable(repr(name)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SampleError(f"{path} is damaged: {error!r}") from error
    return len(expected)


class _Comparison:
    """Compares one output with the golden one, part by part."""

    def __init__(self, golden: Document) -> None:
        self._absolute = float(golden["tolerance"]["absolute"])
        self._relative = float(golden["tolerance"]["relative"])
        self._stable = bool(golden["stable"])

    def compare(self, got: Document, expected: Document, place: str) -> None:
        kind = expected["kind"]
        _same(got["kind"], kind, place, "kind")
        if kind == "optional":
            _same(got["value"] is None, expected["value"] is None, place, "emptiness")
            if expected["value"] is not None:
                self.compare(got["value"], expected["value"], place)
        elif kind == "sequence":
            items, wanted = got["elements"], expected["elements"]
            _same(len(items), len(wanted), place, "number of elements")
            for index, (item, other) in enumerate(zip(items, wanted, strict=True)):
                self.compare(item, other, f"{place}[{index}]")
        elif kind == "map":
            self._compare_maps(got, expected, place)
        else:
            _same(got["dtype"], expected["dtype"], place, "type")
            _same(got["shape"], expected["shape"], place, "shape")
            data = got["data"], expected["data"]
            self._compare_elements(data, expected["dtype"], place, expected["shape"])

    def _compare_maps(self, got: Document, expected: Document, place: str) -> None:
        """By key: the order of a map says nothing."""
        for part in ("key_dtype", "value_dtype"):
            _same(got[part], expected[part], place, part)
        values = [
            dict(zip(one["keys"], one["values"], strict=True))
            for one in (got, expected)
        ]
        _same(sorted(values[0]), sorted(values[1]), place, "keys")
        for key, value in values[1].items():
            pair = [values[0][key]], [value]
            where = f"{place}[{printable(repr(key))}]"
            self._compare_elements(pair, expected["value_dtype"], where, [])

    def _compare_elements(
        self, data: tuple[Any, Any], dtype: str, place: str, shape: list[int]
    ) -> None:
        if not self._stable:
            return
        got, expected = (elements(one, dtype) for one in data)
        _same(got.size, expected.size, place, "number of elements")
        wrong = np.flatnonzero(~self._agree(got, expected, dtype))
        if wrong.size:
            index = (
                [int(axis) for axis in np.unravel_index(wrong[0], shape)]
                if shape
                else ""
            )
            pair = f"{got[wrong[0]].item()!r}, expected {expected[wrong[0]].item()!r}"
            more = f", and {wrong.size - 1} more" if wrong.size > 1 else ""
            raise SampleError(
                f"check failed: {place}{index} is {printable(pair)}{more}"
            )

    def _agree(
        self, got: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], dtype: str
    ) -> np.ndarray[Any, Any]:
        """Element by element; NaN is NaN, and infinities have their sign."""
        agree: np.ndarray[Any, Any] = np.asarray(got == expected)
        if family(dtype) in ("bool", "string") or not (
            self._absolute or self._relative
        ):
            both_nan = (
                np.isnan(got) & np.isnan(expected)
                if family(dtype) == "float"
                else False
            )
            return agree | both_nan
        got, expected = got.astype(np.float64), expected.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinity less infinity
            near = abs(got - expected) <= self._absolute + self._relative * abs(
                expected
            )
        finite = np.isfinite(got) & np.isfinite(expected)
        agree |= near & finite | np.isnan(got) & np.isnan(expected)
        return agree


def _same(got: Any, expected: Any, place: str, what: str) -> None:
    if got != expected:
        pair = printable(f"{got!r}, expected {expected!r}")
        raise SampleError(f"check failed: the {what} of {place} is {pair}")
