"""A file of a model that Windows takes for a device."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 4
STDERR = """\
error: 'aux.txt' cannot be a path in a bundle: Windows reserves the name 'aux.txt'
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.listing(model="models")
    given.model("models/model.onnx")
    given.text("models/aux.txt", "a")
