"""A model of no bytes."""

COMMAND = "package model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is empty
hint: Copy or download the model again.
"""


def make(given):
    given.bytes("model.onnx", b"")
