"""How far an output may be from the golden one: by its element type and by how the model computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from modelpress.model.golden.values import Value
from modelpress.model.outline import outline_bytes

if TYPE_CHECKING:
    from onnx import ModelProto

    from modelpress.bundle import Entry

Arithmetic = Literal["full", "half", "quantized"]
"""What a model computes in at its coarsest."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`|a - b| <= absolute + relative * |b|`, b being the golden value."""

    absolute: float
    relative: float


EXACT = Tolerance(0, 0)

# (absolute as a share of the output's largest magnitude, relative). Kernels of other processors
# and releases add up in another order: some hundred units in the last place after a deep network.
# A float8 may land on the neighbouring value: two bits of fraction are 1/8 apart, three 1/16.
SHARES: dict[str, Tolerance] = {
    "float64": Tolerance(1e-9, 1e-7),
    "float32": Tolerance(1e-5, 1e-4),
    "float16": Tolerance(4e-3, 1e-2),
    "bfloat16": Tolerance(2e-2, 4e-2),
    "float8e4m3fn": Tolerance(6e-2, 0.125),
    "float8e4m3fnuz": Tolerance(6e-2, 0.125),
    "float8e5m2": Tolerance(0.125, 0.25),
    "float8e5m2fnuz": Tolerance(0.125, 0.25),
}
AT_LEAST: dict[Arithmetic, Tolerance] = {
    "full": Tolerance(0, 0),
    "half": SHARES["float16"],
    # 8-bit kernels round and saturate differently with and without VNNI: a few steps of 1/255.
    "quantized": Tolerance(2e-2, 5e-2),
}
QUANTIZED_STEP = 1  # an 8-bit output of a quantized model may be rounded the other way

QUANTIZED_PREFIXES = ("QLinear", "DynamicQuantize", "MatMulInteger", "ConvInteger", "MatMulNBits", "MatMulBnb4")
QUANTIZED_OPERATORS = frozenset(
    {
        "QuantizeLinear",
        "DequantizeLinear",
        "QGemm",
        "QAttention",
        "QMoE",
        "QEmbedLayerNormalization",
        "GatherBlockQuantized",
    }
)
HALF_TYPES = frozenset({10, 16})  # TensorProto.DataType: FLOAT16, BFLOAT16


def arithmetic_of(model: Entry, where: str) -> Arithmetic:
    """What the ONNX file in the entry computes in: read from its graph without its weights."""
    from onnx import ModelProto

    from modelpress.model.survey import survey

    proto = ModelProto()
    proto.ParseFromString(outline_bytes(model, where))
    operators = {name for _, name in survey(proto, where).used}
    if any(name in QUANTIZED_OPERATORS or name.startswith(QUANTIZED_PREFIXES) for name in operators):
        return "quantized"
    return "half" if _has_half(proto) else "full"


def _has_half(model: ModelProto) -> bool:
    graph = model.graph
    declared = {info.type.tensor_type.elem_type for info in (*graph.input, *graph.output, *graph.value_info)}
    held = {tensor.data_type for tensor in graph.initializer}
    cast = {attribute.i for node in graph.node if node.op_type == "Cast" for attribute in node.attribute}
    return bool((declared | held | cast) & HALF_TYPES)


def tolerance_of(value: Value, arithmetic: Arithmetic) -> Tolerance:
    """The tolerance of one output. The absolute part goes with the largest magnitude among its finite values."""
    dtypes = set(_dtypes(value))
    floats = dtypes & SHARES.keys()
    if floats:
        least = AT_LEAST[arithmetic]
        share = max([SHARES[dtype].absolute for dtype in floats] + [least.absolute])
        relative = max([SHARES[dtype].relative for dtype in floats] + [least.relative])
        return Tolerance(float(f"{share * (_magnitude(value.content) or 1.0):.2g}"), relative)
    if arithmetic == "quantized" and dtypes & {"int8", "uint8"}:
        return Tolerance(QUANTIZED_STEP, 0)
    return EXACT


def _dtypes(value: Value) -> list[str]:
    spec = value.type
    while spec.element is not None:
        spec = spec.element
    held = spec.value.dtype if spec.value is not None else spec.dtype
    return [] if held is None else [held]


def _magnitude(content: Any) -> float:
    import numpy as np

    if content is None:
        return 0.0
    if isinstance(content, list):
        return max(map(_magnitude, content), default=0.0)
    numbers = np.abs(np.asarray(list(content.values()) if isinstance(content, dict) else content).astype(np.float64))
    finite = numbers[np.isfinite(numbers)]
    return float(finite.max()) if finite.size else 0.0
