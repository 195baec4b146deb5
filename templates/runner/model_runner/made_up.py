"""Made-up inputs: seeded values, and sizes for what the model leaves free."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from model_runner.messages import SampleError, printable
from model_runner.tensors import Argument, family, numpy_type, split_type

SIZES = (1, 8, 32, 160, 512)  # for free dimensions; one of them suits nearly all models
LARGEST = 2**26  # elements of one input: more is a mistake
SEQUENCE_LENGTH = 2

Sizes = dict[str | tuple[str, int], int]
"""Sizes of free dimensions, by the dimension's name or by (input, axis)."""


def parse_sizes(texts: Iterable[str], arguments: Mapping[str, Argument]) -> Sizes:
    """Read NAME=N and INPUT:AXIS=N; both kinds of names may hold any character."""
    names = {name for argument in arguments.values() for name in argument.shape or ()}
    sizes: Sizes = {}
    for text in texts:
        key, _, size = text.rpartition("=")
        name, _, axis = key.rpartition(":")
        if not size.isdecimal():
            raise SampleError(f"--dim {text}: expected NAME=N or INPUT:AXIS=N")
        if key in names:
            sizes[key] = int(size)
        elif axis.isdecimal() and _is_free(arguments.get(name), int(axis)):
            sizes[name, int(axis)] = int(size)
        else:
            known = ", ".join(map(str, arguments.values()))
            raise SampleError(f"--dim {text}: no such free dimension in {known}")
    return sizes


def _is_free(argument: Argument | None, axis: int) -> bool:
    if argument is None:
        return False
    shape = [None] * (axis + 1) if argument.shape is None else argument.shape
    return axis < len(shape) and not isinstance(shape[axis], int)


def sizes_of(given: Mapping[str, Any], arguments: Mapping[str, Argument]) -> Sizes:
    """The sizes that given values have in dimensions that other inputs may share."""
    return {
        name: size
        for key, value in given.items()
        if isinstance(value, np.ndarray)
        for name, size in zip(arguments[key].shape or (), value.shape, strict=False)
        if isinstance(name, str)
    }


def free_dimensions(arguments: Iterable[Argument], sizes: Sizes) -> list[str]:
    """The dimensions whose size nobody gave, by name or as INPUT:AXIS."""
    free = {
        dimension or f"{argument.name}:{axis}": None
        for argument in arguments
        for axis, dimension in enumerate(_axes(argument, sizes))
        if not isinstance(dimension, int)
        and dimension not in sizes
        and (argument.name, axis) not in sizes
    }
    return list(free)


def make_inputs(
    arguments: Iterable[Argument], sizes: Sizes, size: int, seed: int
) -> dict[str, Any]:
    """Seeded values for each argument; what is free in their shapes becomes `size`."""
    random = np.random.default_rng(seed)
    inputs = {}
    for argument in arguments:
        shape = [
            dimension
            if isinstance(dimension, int)
            else sizes.get((argument.name, axis), sizes.get(dimension or "", size))
            for axis, dimension in enumerate(_axes(argument, sizes))
        ]
        if math.prod(shape) > LARGEST:
            raise SampleError(f"input {argument}: {shape} is too much to make up")
        inputs[argument.name] = _make(argument.type, shape, random)
    return inputs


def _axes(argument: Argument, sizes: Sizes) -> list[int | str | None]:
    """The shape as declared; an unknown rank has the axes that sizes were given for."""
    if argument.shape is not None:
        return argument.shape
    keys = [key for key in sizes if isinstance(key, tuple) and key[0] == argument.name]
    return [None] * (1 + max((axis for _, axis in keys), default=-1))


def _make(type_name: str, shape: list[int], random: np.random.Generator) -> Any:
    """Floats from 0 to 1, and 0 or 1 of all else: what most models can take."""
    kind, inner = split_type(type_name)
    if kind == "seq":
        return [_make(inner, shape, random) for _ in range(SEQUENCE_LENGTH)]
    if kind == "map":
        keys = (0, 1) if inner.startswith("int64,") else ("0", "1")
        return {key: float(random.random()) for key in keys}
    if kind != "tensor":
        raise SampleError(f"no values can be made up for {type_name}")
    if family(inner) == "float":
        return random.random(shape).astype(numpy_type(inner))
    numbers = random.integers(0, 2, shape)
    values = numbers.astype(str) if inner == "string" else numbers
    return values.astype(numpy_type(inner))


def first_that_runs(attempt: Callable[[int], Any], free: list[str]) -> tuple[int, Any]:
    """The first size of the free dimensions that suits the model, and what it gave."""
    failures = []
    for size in SIZES if free else SIZES[:1]:
        try:
            return size, attempt(size)
        except Exception as error:  # ONNX Runtime's errors have no class in common
            failures.append(error)
    tried = f" with any of {SIZES} for {printable(', '.join(free))}" if free else ""
    raise SampleError(
        f"the model does not run{tried}: {printable(failures[0])}\n"
        "Give values with --inputs and sizes with --dim."
    ) from failures[0]
