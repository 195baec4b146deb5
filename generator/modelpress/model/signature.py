"""What a model takes and gives, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["tensor", "sparse_tensor", "sequence", "map", "optional", "opaque"]
Dimension = int | str | None
"""A fixed size, the name of a symbolic dimension, or None for an unknown one."""


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """A type without a name: what a sequence, a map or an optional holds.

    For tensors `dtype` has numpy's names plus `bfloat16`, `float8e4m3fn`, `int4`, ...,
    `string`; `shape` is () for a scalar and None for unknown rank. A sequence or an optional
    has an `element`; a map has `key` (a dtype) and `value`.
    """

    kind: Kind
    dtype: str | None = None
    shape: tuple[Dimension, ...] | None = None
    element: TypeSpec | None = None
    key: str | None = None
    value: TypeSpec | None = None


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A named input or output of a model."""

    name: str
    type: TypeSpec


@dataclass(frozen=True, slots=True)
class ModelSignature:
    """The signature of one ONNX file, read without its weights.

    `inputs` leaves out initializers. `opset` maps a domain ("" is ai.onnx) to its version.
    `custom_domains` are the domains that ONNX Runtime does not bring itself.
    `external_data` lists the locations of external data files as POSIX paths relative to the
    model's folder, checked for containment. `metadata` holds the model's own key-value pairs.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    opset: Mapping[str, int]
    ir_version: int
    custom_domains: tuple[str, ...] = ()
    external_data: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    producer: str = ""
    warnings: tuple[str, ...] = ()
