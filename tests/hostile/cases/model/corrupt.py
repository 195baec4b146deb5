"""Bytes that are no protobuf message."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is damaged or not an ONNX model: a number has no end (at byte 0)
hint: Copy or download the model again; it may have been cut off.
"""


def make(given):
    given.bytes("model.onnx", bytes(range(255, 0, -1)) * 100)
