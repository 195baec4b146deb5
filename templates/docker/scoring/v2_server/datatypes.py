"""Tensors as the Open Inference Protocol names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model_runner.tensors import Argument, split_type

# Element types by their names here. float8 and 4-bit integers have none there.
DATATYPES = {
    "bool": "BOOL",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "float16": "FP16",
    "bfloat16": "BF16",
    "float32": "FP32",
    "float64": "FP64",
    "string": "BYTES",
}
FREE = -1  # a dimension of any size


@dataclass(frozen=True)
class Tensor:
    """An input or an output. An unknown rank is None; ONNX Runtime's type is tensor(...)."""

    name: str
    type: str
    shape: list[int] | None
    optional: bool

    @property
    def dtype(self) -> str:
        return split_type(self.type)[1]

    @property
    def datatype(self) -> str:
        return DATATYPES[self.dtype]

    @property
    def metadata(self) -> dict[str, Any]:
        """The protocol has no unknown rank: it is told as one free dimension."""
        shape = [FREE] if self.shape is None else self.shape
        return {"name": self.name, "datatype": self.datatype, "shape": shape}

    def fits(self, shape: list[int]) -> bool:
        if self.shape is None:
            return True
        return len(shape) == len(self.shape) and all(
            declared in (FREE, size)
            for size, declared in zip(shape, self.shape, strict=True)
        )


def tensor_of(argument: Argument) -> Tensor | None:
    """The argument as a tensor, None where the protocol cannot carry it."""
    kind, inner = split_type(argument.type)
    optional = kind == "optional"
    type_name = inner if optional else argument.type
    kind, dtype = split_type(type_name)
    if kind != "tensor" or dtype not in DATATYPES:
        return None
    shape: list[int] | None = None
    if argument.shape is not None:
        shape = [size if isinstance(size, int) else FREE for size in argument.shape]
    return Tensor(argument.name, type_name, shape, optional)
