"""Describes a signature: as a JSON document, and in words."""

from __future__ import annotations

from typing import Any

from modelpress.model.signature import Dimension, ModelSignature, TensorSpec, TypeSpec


def signature_document(signature: ModelSignature) -> dict[str, Any]:
    """The signature in plain data, of the form that `modelpress inspect --format json` prints."""
    return {
        "inputs": [spec_document(spec) for spec in signature.inputs],
        "outputs": [spec_document(spec) for spec in signature.outputs],
        "opset": dict(signature.opset),
        "ir_version": signature.ir_version,
        "external_data": list(signature.external_data),
        "metadata": dict(signature.metadata),
    }


def spec_document(spec: TensorSpec) -> dict[str, Any]:
    """{name, kind, dtype, shape}, and element, key or value for the kinds that have them.

    `shape` is [] for a scalar and None for unknown rank; a symbolic dimension is its name and
    an unknown one None.
    """
    return {"name": spec.name, **_type_document(spec.type)}


def describe_type(spec: TypeSpec) -> str:
    """The type in words: `float32[batch, 1, 8, 8]`, `sequence of map of int64 to float32[]`.

    `?` is an unknown dimension and `...` an unknown rank.
    """
    if spec.kind in {"sequence", "optional"} and spec.element is not None:
        return f"{spec.kind} of {describe_type(spec.element)}"
    if spec.kind == "map" and spec.value is not None:
        return f"map of {spec.key or 'unknown'} to {describe_type(spec.value)}"
    if spec.kind == "opaque":
        return "opaque"
    shape = "..." if spec.shape is None else ", ".join(_describe_dimension(size) for size in spec.shape)
    return f"{'sparse ' * (spec.kind == 'sparse_tensor')}{spec.dtype or 'unknown'}[{shape}]"


def _describe_dimension(size: Dimension) -> str:
    return "?" if size is None else str(size)


def _type_document(spec: TypeSpec) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": spec.kind,
        "dtype": spec.dtype,
        "shape": None if spec.shape is None else list(spec.shape),
    }
    if spec.element is not None:
        document["element"] = _type_document(spec.element)
    if spec.value is not None:
        document |= {"key": spec.key, "value": _type_document(spec.value)}
    return document
