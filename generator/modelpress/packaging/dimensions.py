"""Sizes that a user gives to free dimensions: they must be dimensions of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelpress.errors import UsageError
from modelpress.model import ModelFiles, TensorSpec
from modelpress.model.golden.made_up import shape_of

AXES = frozenset(map(str, range(64)))  # a tensor has no more of them in numpy


def refuse_unknown_dimensions(names: Iterable[str], model: ModelFiles) -> None:
    """Raise UsageError for a name that is no free dimension of the model's inputs, NAME or INPUT:AXIS."""
    inputs = [spec for signature in _signatures(model) for spec in signature]
    known = dict.fromkeys(name for spec in inputs for name in _free(spec))
    unknown_rank = {spec.name for spec in inputs if shape_of(spec.type) is None}
    for name in names:
        tensor, _, axis = name.rpartition(":")
        is_axis = tensor in unknown_rank and axis in AXES
        if name not in known and not is_axis:
            has = f"Its free dimensions: {', '.join(known)}." if known else "It has no free dimension."
            raise UsageError(f"--dim {name}: the model has no free dimension of that name", hint=has)


def _signatures(model: ModelFiles) -> Iterator[tuple[TensorSpec, ...]]:
    signatures = [component.signature for component in model.components] or [model.signature]
    yield from (signature.inputs for signature in signatures if signature is not None)


def _free(spec: TensorSpec) -> Iterator[str]:
    for axis, size in enumerate(shape_of(spec.type) or ()):
        if not isinstance(size, int):
            yield from (f"{spec.name}:{axis}",) if size is None else (size, f"{spec.name}:{axis}")
