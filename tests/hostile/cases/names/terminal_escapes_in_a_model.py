"""Names in a model that would clear the screen."""

from onnx import TensorProto, helper

COMMAND = "inspect model.onnx"
EXIT = 0
STDERR = ""
STDOUT = """\
          name           type
input     in\\x1b[2J      float32[n\\x1b[1m]
output    out\\r\\x1b[31m  float32[n\\x1b[1m]
opset     ai.onnx        17
IR                       8
metadata  author\\x1b[2J  \\x1b[31mred
"""


def make(given):
    names = ("in\x1b[2J", "out\r\x1b[31m")
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n\x1b[1m"]) for name in names]
    graph = helper.make_graph([helper.make_node("Neg", names[:1], names[1:])], "graph", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model.metadata_props.add(key="author\x1b[2J", value="\x1b[31mred")
    given.bytes("model.onnx", model.SerializeToString())
