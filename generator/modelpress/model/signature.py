"""What a model takes and gives: the signature of an ONNX file, read without its weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from modelpress.errors import ModelpressError
from modelpress.filetree import FolderTree, TreePath
from modelpress.model.external import external_files
from modelpress.model.outline import read_outline
from modelpress.model.survey import Survey, domain_of, survey, utf8

if TYPE_CHECKING:
    from onnx import GraphProto, TensorShapeProto, TypeProto, ValueInfoProto

# onnxruntime/core/graph/constants.h, and the two that ONNX itself defines beside ai.onnx
RUNTIME_DOMAINS = frozenset(
    {
        "",
        "ai.onnx.ml",
        "ai.onnx.preview",
        "ai.onnx.training",
        "ai.onnx.preview.training",
        "com.microsoft",
        "com.microsoft.dml",
        "com.microsoft.experimental",
        "com.microsoft.nchwc",
        "com.ms.internal.nhwc",
        "org.pytorch.aten",
    }
)
# Where numpy's name is not that of ONNX in lower case.
NUMPY_NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}

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


def inspect_model(model: TreePath | Path) -> ModelSignature:
    """The signature of the ONNX file at `model`.

    Raises ModelpressError where it is no ONNX model or lacks a data file, and UnsafeInputError
    where it names data outside its folder.
    """
    place = _place(model) if isinstance(model, Path) else model
    where = str(place)
    proto = read_outline(place)
    found = survey(proto, where)
    reader = _TypeReader(where)
    inputs, outputs = reader.inputs(proto.graph), reader.specs(proto.graph.output)
    return ModelSignature(
        inputs=inputs,
        outputs=outputs,
        opset={domain_of(opset.domain, where): opset.version for opset in proto.opset_import},
        ir_version=proto.ir_version,
        custom_domains=_custom_domains(found),
        external_data=tuple(sorted(external_files(found.outside, place))),
        metadata={utf8(pair.key, where): utf8(pair.value, where) for pair in proto.metadata_props},
        producer=f"{utf8(proto.producer_name, where)} {utf8(proto.producer_version, where)}".strip(),
        warnings=tuple(f"{where}: {spec.name!r} has no type" for spec in (*inputs, *outputs) if _is_untyped(spec.type)),
    )


def _place(path: Path) -> TreePath:
    """The file that the user named: links up to it are theirs to vouch for, unlike what the model names."""
    place = TreePath(FolderTree(path.parent), path.name)
    try:
        real, folder = path.resolve(), path.parent.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL byte: not a file
        return place
    return place if folder in real.parents else TreePath(FolderTree(real.parent), real.name)


def _custom_domains(found: Survey) -> tuple[str, ...]:
    """Domains that need a library: neither ONNX Runtime nor the model's own functions bring all of their operators."""
    needed = {domain for domain, _ in found.used - found.defined}
    own = {domain for domain, _ in found.defined}
    return tuple(sorted((needed | found.imported - own) - RUNTIME_DOMAINS))


def _is_untyped(spec: TypeSpec) -> bool:
    return spec.kind == "tensor" and spec.dtype is None


class _TypeReader:
    """Reads types of the model that errors call `where`."""

    def __init__(self, where: str) -> None:
        self._where = where

    def inputs(self, graph: GraphProto) -> tuple[TensorSpec, ...]:
        """The inputs that a caller must give: before IR version 4 initializers are listed among them."""
        given = {tensor.name for tensor in graph.initializer}
        given |= {tensor.values.name for tensor in graph.sparse_initializer}
        return self.specs(info for info in graph.input if info.name not in given)

    def specs(self, infos: Iterable[ValueInfoProto]) -> tuple[TensorSpec, ...]:
        return tuple(TensorSpec(utf8(info.name, self._where), self.type(info.type)) for info in infos)

    def type(self, proto: TypeProto) -> TypeSpec:
        field_name = proto.WhichOneof("value")
        if field_name in {None, "tensor_type"}:
            return self._tensor("tensor", proto.tensor_type)
        if field_name == "sparse_tensor_type":
            return self._tensor("sparse_tensor", proto.sparse_tensor_type)
        if field_name == "sequence_type":
            return TypeSpec("sequence", element=self.type(proto.sequence_type.elem_type))
        if field_name == "optional_type":
            return TypeSpec("optional", element=self.type(proto.optional_type.elem_type))
        if field_name == "map_type":
            key = self._dtype(proto.map_type.key_type)
            return TypeSpec("map", key=key, value=self.type(proto.map_type.value_type))
        return TypeSpec("opaque")

    def _tensor(self, kind: Kind, proto: TypeProto.Tensor | TypeProto.SparseTensor) -> TypeSpec:
        # An absent shape is an unknown rank; an empty one is a scalar.
        shape = tuple(map(self._dimension, proto.shape.dim)) if proto.HasField("shape") else None
        return TypeSpec(kind, dtype=self._dtype(proto.elem_type), shape=shape)

    def _dimension(self, proto: TensorShapeProto.Dimension) -> Dimension:
        if proto.HasField("dim_value"):
            return proto.dim_value if proto.dim_value >= 0 else None
        return utf8(proto.dim_param, self._where) or None

    def _dtype(self, number: int) -> str | None:
        from onnx import TensorProto

        if number == TensorProto.UNDEFINED:
            return None
        try:
            name: str = TensorProto.DataType.Name(number)
        except ValueError:
            raise ModelpressError(
                f"{self._where} uses element type {number}, which this version of onnx does not know",
                hint="Upgrade onnx: pip install -U onnx",
                file=self._where,
            ) from None
        return NUMPY_NAMES.get(name, name.lower())
