"""Sizes of free dimensions, by the user or the candidate: they must be dimensions of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from modelpress.errors import UsageError
from modelpress.model import ModelFiles, TensorSpec
from modelpress.model.golden.made_up import shape_of
from modelpress.packaging.chosen import Chosen
from modelpress.wording import nearest

AXES = frozenset(map(str, range(64)))  # a tensor has no more of them in numpy
FLAG = "--dim"


def dimensions_of(chosen: Chosen, given: Mapping[str, int]) -> dict[str, int]:
    """Sizes by NAME or INPUT:AXIS for the best chosen model: those `given`, and those of its candidate for the rest.

    Raises UsageError for a name that is no free dimension of the model's inputs.
    """
    best = chosen.entries[0].candidate
    model = chosen.models[best.id]
    refuse_unknown_dimensions(best.dims, model, f"{chosen.found.source}: candidate {best.id}: dims:")
    refuse_unknown_dimensions(given, model)
    names = {place: name for spec in _inputs(model) for place, name in _named_places(spec)}
    # An axis that the user sized by its name is not sized again by its place.
    rest = {name: size for name, size in best.dims.items() if names.get(name) not in given}
    return {**rest, **given}


def refuse_unknown_dimensions(names: Iterable[str], model: ModelFiles, where: str = FLAG) -> None:
    """Raise UsageError for a name that is no free dimension of the model's inputs, NAME or INPUT:AXIS."""
    inputs = list(_inputs(model))
    known = dict.fromkeys(name for spec in inputs for name in _free(spec))
    unknown_rank = {spec.name for spec in inputs if shape_of(spec.type) is None}
    for name in names:
        tensor, _, axis = name.rpartition(":")
        is_axis = tensor in unknown_rank and axis in AXES
        if name not in known and not is_axis:
            close = nearest(name, known)
            meant = f"Did you mean {close}? " if close else ""
            has = f"Its free dimensions: {', '.join(known)}." if known else "It has no free dimension."
            raise UsageError(f"{where} {name}: the model has no free dimension of that name", hint=meant + has)


def _inputs(model: ModelFiles) -> Iterator[TensorSpec]:
    signatures = [component.signature for component in model.components] or [model.signature]
    for signature in signatures:
        yield from signature.inputs if signature else ()


def _free(spec: TensorSpec) -> Iterator[str]:
    for axis, size in enumerate(shape_of(spec.type) or ()):
        if not isinstance(size, int):
            yield from (f"{spec.name}:{axis}",) if size is None else (size, f"{spec.name}:{axis}")


def _named_places(spec: TensorSpec) -> Iterator[tuple[str, str]]:
    """INPUT:AXIS and the name of each dimension that has one."""
    for axis, size in enumerate(shape_of(spec.type) or ()):
        if isinstance(size, str):
            yield f"{spec.name}:{axis}", size
