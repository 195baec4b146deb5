"""Two files of a model that are one on Windows and macOS."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 4
STDERR = """\
error: 'vocab.txt' and 'Vocab.txt' are one place where upper and lower case or Unicode forms are not told apart
hint: Rename one of the two.
"""


def make(given):
    given.listing(model="models")
    given.model("models/model.onnx")
    given.text("models/Vocab.txt", "a")
    given.text("models/vocab.txt", "b")
