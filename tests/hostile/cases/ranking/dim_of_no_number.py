"""A size that is no number."""

COMMAND = "render model.onnx -o deploy --dim batch=many"
EXIT = 2
STDERR = """\
error: --dim: batch: must be a whole number
hint: --help shows the form of every option.
"""


def make(given):
    given.model()
