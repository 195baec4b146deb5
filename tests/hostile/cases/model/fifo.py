"""A pipe under the name of a model."""

import os

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is not a file
hint: Name the .onnx file.
"""


def make(given):
    os.mkfifo(given.path("model.onnx"))
