"""Sizes that a user gives to free dimensions: they must be dimensions of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelpress.errors import UsageError
from modelpress.model import ModelFiles, TensorSpec


def refuse_unknown_dimensions(names: Iterable[str], model: ModelFiles) -> None:
    """Raise UsageError for a name that is no free dimension of the model's inputs, NAME or INPUT:AXIS."""
    inputs = [spec for signature in _signatures(model) for spec in signature]
    known = dict.fromkeys(name for spec in inputs for name in _free(spec))
    unknown_rank = {spec.name for spec in inputs if spec.type.shape is None}
    for name in names:
        if name not in known and name.rpartition(":")[0] not in unknown_rank:
            has = f"Its free dimensions: {', '.join(known)}." if known else "It has no free dimension."
            raise UsageError(f"--dim {name}: the model has no free dimension of that name", hint=has)


def _signatures(model: ModelFiles) -> Iterator[tuple[TensorSpec, ...]]:
    signatures = [component.signature for component in model.components] or [model.signature]
    yield from (signature.inputs for signature in signatures if signature is not None)


def _free(spec: TensorSpec) -> Iterator[str]:
    for axis, size in enumerate(spec.type.shape or ()):
        if not isinstance(size, int):
            yield from (f"{spec.name}:{axis}",) if size is None else (size, f"{spec.name}:{axis}")
