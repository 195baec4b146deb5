"""Weights that lie nowhere."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx: tensor 'weights' names no file
hint: Export the model again.
"""


def make(given):
    given.external_model("model.onnx")
