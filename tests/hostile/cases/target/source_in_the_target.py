"""The model that is read lies in the folder that would be replaced."""

COMMAND = "render models/candidates.yaml -o models --force"
EXIT = 1
STDERR = """\
error: models cannot be replaced: <here>/models/model.onnx is read for it
hint: Write elsewhere with -o.
"""


def make(given):
    given.listing("models/candidates.yaml")
    given.model("models/model.onnx")
