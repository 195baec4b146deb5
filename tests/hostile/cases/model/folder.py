"""A folder where a file should be."""

COMMAND = "inspect models"
EXIT = 1
STDERR = """\
error: models is not a file
hint: Name the .onnx file.
"""


def make(given):
    given.model("models/model.onnx")
