"""A file of a model whose name is no text."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 4
STDERR = """\
error: 'caf\\udce9.txt' cannot be a path in a bundle: it holds a control character or bytes that are not UTF-8
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.listing(model="models")
    given.model("models/model.onnx")
    given.path("models/caf\udce9.txt").write_text("a")
