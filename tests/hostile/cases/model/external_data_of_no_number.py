"""An offset that is not one."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx: tensor 'weights' in 'weights.bin': offset is '-16', not a number of bytes
hint: Export it again.
"""


def make(given):
    given.external_model("model.onnx", location="weights.bin", offset="-16")
    given.bytes("weights.bin", bytes(16))
