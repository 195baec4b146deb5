"""What a model's nodes use, subgraphs and local functions included: operators and outside tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelpress.errors import ModelpressError

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto

Operator = tuple[str, str]
"""An operator's domain and type; the domain of ONNX itself is ""."""

# AttributeProto.AttributeType of numbers, strings and lists of them: nothing to open up. Runtimes
# go by the type too, and looking into all of them costs eight times as long.
_PLAIN = frozenset({1, 2, 3, 6, 7, 8})


@dataclass(frozen=True, slots=True)
class Survey:
    """`used` are the operators of all nodes, `defined` those that the model's own functions give.

    `imported` are the domains that the model or a function names an opset of. `outside` are
    the tensors whose values lie in other files.
    """

    used: frozenset[Operator]
    defined: frozenset[Operator]
    imported: frozenset[str]
    outside: tuple[TensorProto, ...]


def survey(model: ModelProto, where: str) -> Survey:
    """Goes through every node of the model once; `where` names the model in errors."""
    used: set[tuple[str | bytes, str | bytes]] = set()
    outside: list[TensorProto] = []
    graphs: list[GraphProto] = [model.graph]
    for training in model.training_info:
        graphs += [training.initialization, training.algorithm]
    for function in model.functions:
        outside += _visit(function.node, used, graphs)
        outside += _open_up(function.attribute_proto, graphs)
    while graphs:
        graph = graphs.pop()
        outside += graph.initializer
        outside += _tensors_of(graph.sparse_initializer)
        outside += _visit(graph.node, used, graphs)
    imports = [*model.opset_import, *(opset for function in model.functions for opset in function.opset_import)]
    return Survey(
        used=frozenset((domain_of(domain, where), utf8(kind, where)) for domain, kind in used),
        defined=frozenset((domain_of(f.domain, where), utf8(f.name, where)) for f in model.functions),
        imported=frozenset(domain_of(opset.domain, where) for opset in imports),
        outside=tuple(tensor for tensor in outside if tensor.data_location == tensor.EXTERNAL),
    )


def utf8(value: str | bytes, where: str) -> str:
    """A text of the model. protobuf gives bytes where the file does not hold UTF-8."""
    if isinstance(value, bytes):
        raise ModelpressError(
            f"{where} is damaged: {value[:40]!r} is not UTF-8",
            hint="Copy or export the model again.",
            file=where,
        )
    return value


def domain_of(name: str | bytes, where: str) -> str:
    """The domain in its short form: "ai.onnx" is another name of ""."""
    domain = utf8(name, where)
    return "" if domain == "ai.onnx" else domain


def _visit(
    nodes: Iterable[NodeProto], used: set[tuple[str | bytes, str | bytes]], graphs: list[GraphProto]
) -> Iterator[TensorProto]:
    """Notes the operators of the nodes and their subgraphs; gives their tensors."""
    for node in nodes:
        used.add((node.domain, node.op_type))
        yield from _open_up(node.attribute, graphs)


def _open_up(attributes: Iterable[AttributeProto], graphs: list[GraphProto]) -> Iterator[TensorProto]:
    for attribute in attributes:
        if attribute.type in _PLAIN:
            continue
        graphs.append(attribute.g)
        graphs.extend(attribute.graphs)
        yield attribute.t
        yield from attribute.tensors
        yield from _tensors_of((attribute.sparse_tensor, *attribute.sparse_tensors))


def _tensors_of(sparse: Iterable[SparseTensorProto]) -> Iterator[TensorProto]:
    for tensor in sparse:
        yield tensor.values
        yield tensor.indices
