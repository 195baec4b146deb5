"""Compares outputs with golden ones: the rule that every sample's `--check` follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpress.model.golden.tolerance import Tolerance
from modelpress.model.golden.types import family
from modelpress.model.golden.values import Value
from modelpress.model.signature import TypeSpec

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Expected:
    """A golden output. One that is not stable is compared by type and shape only."""

    value: Value
    tolerance: Tolerance
    stable: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in an output; `place` is where in it, as `[1]["key"][0, 3]`, "" for all of it."""

    output: str
    place: str
    got: str
    expected: str

    def __str__(self) -> str:
        return f"output {self.output!r}{self.place}: got {self.got}, expected {self.expected}"


def compare_output(got: Value, expected: Expected) -> Difference | None:
    """The first difference between an output and the golden one."""
    comparer = _Comparer(expected.tolerance, values=expected.stable)
    pairs = comparer.differences((got.type, got.content), (expected.value.type, expected.value.content), "")
    found = next(pairs, None)
    return None if found is None else Difference(expected.value.name, *found)


Place = tuple[str, str, str]
"""Where, what was got, what was expected."""

Typed = tuple[TypeSpec | None, Any]
"""A content with its type; None where nothing says it (an empty sequence, an optional without a value)."""


@dataclass(frozen=True, slots=True)
class _Comparer:
    tolerance: Tolerance
    values: bool

    def differences(self, got: Typed, expected: Typed, place: str) -> Iterator[Place]:
        spec, content = got[0], expected[1]
        if _form(got[1]) != _form(content):
            yield place, _form(got[1]), _form(content)
        elif isinstance(content, list):
            yield from self._sequences(got, expected, place)
        elif isinstance(content, dict):
            yield from self._maps(got, expected, place)
        elif content is not None:
            held = _held(spec), _held(expected[0])
            yield from self._tensors((held[0], got[1]), (held[1], content), place)

    def _sequences(self, got: Typed, expected: Typed, place: str) -> Iterator[Place]:
        if len(got[1]) != len(expected[1]):
            yield place, f"{len(got[1])} elements", f"{len(expected[1])} elements"
            return
        specs = _held(got[0], deep=False), _held(expected[0], deep=False)
        for index, pair in enumerate(zip(got[1], expected[1], strict=True)):
            yield from self.differences((specs[0], pair[0]), (specs[1], pair[1]), f"{place}[{index}]")

    def _maps(self, got: Typed, expected: Typed, place: str) -> Iterator[Place]:
        if got[1].keys() != expected[1].keys():
            yield place, f"the keys {_short(list(got[1]))}", f"the keys {_short(list(expected[1]))}"
            return
        import numpy as np

        specs = _map_value(got[0]), _map_value(expected[0])
        for key, value in expected[1].items():
            pair = np.asarray(got[1][key]), np.asarray(value)
            yield from self._tensors((specs[0], pair[0]), (specs[1], pair[1]), f"{place}[{key!r}]")

    def _tensors(self, got: Typed, expected: Typed, place: str) -> Iterator[Place]:
        import numpy as np

        dtypes = [spec.dtype if spec is not None else None for spec in (got[0], expected[0])]
        if dtypes[0] != dtypes[1]:
            yield place, str(dtypes[0]), str(dtypes[1])
        elif got[1].shape != expected[1].shape:
            yield place, f"shape {list(got[1].shape)}", f"shape {list(expected[1].shape)}"
        elif self.values:
            wrong = np.flatnonzero(~self._agree(got[1], expected[1], str(dtypes[1])))
            if wrong.size:
                index = np.unravel_index(wrong[0], expected[1].shape)
                where = f"[{', '.join(map(str, index))}]" if index else ""
                yield place + where, _short(got[1][index]), _short(expected[1][index])

    def _agree(self, got: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
        import numpy as np

        if family(dtype) in {"bool", "string"} or self.tolerance == Tolerance(0, 0):
            same: np.ndarray[Any, Any] = got == expected
            same |= _both_nan(got, expected, dtype)
            return same
        a, b = got.astype(np.float64), expected.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinity minus infinity
            near = np.abs(a - b) <= self.tolerance.absolute + self.tolerance.relative * np.abs(b)
        near &= np.isfinite(a) & np.isfinite(b)
        agree: np.ndarray[Any, Any] = near | (a == b) | _both_nan(a, b, dtype)
        return agree


def _both_nan(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any], dtype: str) -> Any:
    import numpy as np

    if family(dtype) != "float":
        return np.False_
    return np.isnan(a.astype(np.float64)) & np.isnan(b.astype(np.float64))


def _form(content: Any) -> str:
    if content is None:
        return "no value"
    if isinstance(content, list):
        return "a sequence"
    return "a map" if isinstance(content, dict) else "a tensor"


def _held(spec: TypeSpec | None, *, deep: bool = True) -> TypeSpec | None:
    """The type inside optionals; inside the sequence in them where `deep` is off."""
    while spec is not None and spec.kind == "optional":
        spec = spec.element
    return spec if deep or spec is None else spec.element


def _map_value(spec: TypeSpec | None) -> TypeSpec | None:
    held = _held(spec)
    return None if held is None else held.value


def _short(value: Any, longest: int = 80) -> str:
    text: str = repr(value.item() if hasattr(value, "item") else value)
    return text if len(text) <= longest else f"{text[:longest]}..."
