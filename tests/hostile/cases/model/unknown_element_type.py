"""A tensor of a type that no release of ONNX has."""

from onnx import helper

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx uses element type 99, which this version of onnx does not know
hint: Upgrade onnx: pip install -U onnx
"""


def make(given):
    values = [helper.make_tensor_value_info(name, 99, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "graph", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    given.bytes("model.onnx", model.SerializeToString())
