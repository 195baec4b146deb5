"""Make the three models of this example: 4 features in, 3 class scores out, of different widths.

Usage: python make_models.py (needs onnx and numpy; the models are in the repository, so only to make them anew)
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent / "models"
WIDTHS = {"small": 16, "medium": 128, "large": 1024}


def model(width: int) -> onnx.ModelProto:
    """A two-layer classifier with that many hidden units."""
    random = np.random.default_rng(width)
    weights = {
        "w1": random.standard_normal((4, width)).astype(np.float32) / 2,
        "b1": np.zeros(width, np.float32),
        "w2": (random.standard_normal((width, 3)) / np.sqrt(width)).astype(np.float32),
        "b2": np.zeros(3, np.float32),
    }
    nodes = [
        helper.make_node("Gemm", ["features", "w1", "b1"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["active"]),
        helper.make_node("Gemm", ["active", "w2", "b2"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "flowers",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 3])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def main() -> None:
    """Write the models."""
    FOLDER.mkdir(exist_ok=True)
    for name, width in WIDTHS.items():
        onnx.save(model(width), FOLDER / f"{name}.onnx")


if __name__ == "__main__":
    main()
