"""Inputs made from a signature: seeded values in ranges that suit the element type."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from modelpress.model.description import describe_type
from modelpress.model.golden.types import INT4_RANGES, family, numpy_type, unsupported_dtype
from modelpress.model.golden.values import Value
from modelpress.model.signature import Dimension, TensorSpec, TypeSpec

if TYPE_CHECKING:
    import numpy as np

GUESSES: Final = (1, 8, 32, 160, 512)  # for free dimensions; one of them suits nearly all real models
MOST_ELEMENTS: Final = 2**22  # of all inputs together, and of all outputs: more makes the JSON unwieldy
SEQUENCE_LENGTH: Final = 2
MAP_KEYS: Final = {"string": ("0", "1"), "other": (0, 1)}
# Indices and token ids are int32 or int64: 0 and 1 suit nearly all. Narrow types hold measured values.
RANGES: Final = {**INT4_RANGES, "int8": (-128, 127), "uint8": (0, 255)}
OTHER_RANGE: Final = (0, 1)


class CannotMakeError(Exception):
    """No values can be made for an input."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of free dimensions: by name, and by (input, axis), which goes first."""

    named: Mapping[str, int] = field(default_factory=dict)
    placed: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def of(self, name: str, axis: int, dimension: Dimension) -> int | None:
        """The size of one axis of the input `name`; None where nobody gave it."""
        if isinstance(dimension, int):
            return dimension
        return self.placed.get((name, axis), self.named.get(dimension or ""))


def parse_sizes(given: Mapping[str, int], specs: Iterable[TensorSpec]) -> Sizes:
    """`--dim` by its key, NAME or INPUT:AXIS, which `refuse_unknown_dimensions` has checked."""
    names = {dimension for spec in specs for dimension in shape_of(spec.type) or () if isinstance(dimension, str)}
    placed = {key: size for key, size in given.items() if key not in names}
    split = {(key.rpartition(":")[0], int(key.rpartition(":")[2])): size for key, size in placed.items()}
    return Sizes({key: size for key, size in given.items() if key in names}, split)


def free_dimensions(specs: Iterable[TensorSpec], sizes: Sizes) -> list[str]:
    """The dimensions whose size nobody gave: names, or INPUT:AXIS."""
    free = {
        dimension if isinstance(dimension, str) else f"{spec.name}:{axis}": None
        for spec in specs
        for axis, dimension in enumerate(axes_of(spec, sizes))
        if sizes.of(spec.name, axis, dimension) is None
    }
    return list(free)


def make_inputs(specs: Iterable[TensorSpec], sizes: Sizes, guess: int, seed: int) -> list[Value]:
    """Seeded values for each input; what is free in their shapes becomes `guess`.

    Raises CannotMakeError, naming the input, for a type that no values are made for, and
    where there would be too many elements.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    values = []
    left = MOST_ELEMENTS
    for spec in specs:
        if reason := unsupported_dtype(spec.type):
            raise CannotMakeError(
                f"input {spec.name!r} is of type {reason}, and golden vectors hold numbers, bool and string"
            )
        found = [sizes.of(spec.name, axis, size) for axis, size in enumerate(axes_of(spec, sizes))]
        shape = [guess if size is None else size for size in found]
        left -= math.prod(shape)
        if left < 0:
            raise CannotMakeError(
                f"input {spec.name!r} ({describe_type(spec.type)}) would be {shape}: golden vectors hold "
                f"{MOST_ELEMENTS:,} elements at most"
            )
        values.append(Value(spec.name, spec.type, _make(spec.type, shape, random)))
    return values


def shape_of(spec: TypeSpec) -> tuple[Dimension, ...] | None:
    """The shape of a tensor, or of what a sequence or an optional holds; None for an unknown rank, () for maps."""
    while spec.element is not None:
        spec = spec.element
    return () if spec.kind == "map" else spec.shape


def axes_of(spec: TensorSpec, sizes: Sizes) -> tuple[Dimension, ...]:
    """The shape as declared; an unknown rank has the axes that sizes were given for."""
    declared = shape_of(spec.type)
    if declared is not None:
        return declared
    return (None,) * (1 + max((axis for name, axis in sizes.placed if name == spec.name), default=-1))


def _make(spec: TypeSpec, shape: list[int], random: np.random.Generator) -> Any:
    if spec.kind == "optional" and spec.element is not None:
        return _make(spec.element, shape, random)
    if spec.kind == "sequence" and spec.element is not None:
        return [_make(spec.element, shape, random) for _ in range(SEQUENCE_LENGTH)]
    if spec.kind == "map" and spec.value is not None:
        keys = MAP_KEYS["string" if spec.key == "string" else "other"]
        return dict(zip(keys, _elements(str(spec.value.dtype), [len(keys)], random).tolist(), strict=True))
    return _elements(str(spec.dtype), shape, random)


def _elements(dtype: str, shape: list[int], random: np.random.Generator) -> np.ndarray[Any, Any]:
    """Floats from -1 to 1, small integers, truth values, and the strings "0" and "1"."""
    target = numpy_type(dtype)
    if family(dtype) == "float":
        return random.uniform(-1, 1, shape).astype(target)
    lowest, highest = RANGES.get(dtype, OTHER_RANGE)
    numbers = random.integers(lowest, highest, shape, endpoint=True)
    return (numbers.astype(str) if dtype == "string" else numbers).astype(target)
