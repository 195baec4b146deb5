"""A dimension without a size."""

COMMAND = "render model.onnx -o deploy --dim batch"
EXIT = 2
STDERR = """\
error: --dim: must be KEY=VALUE
hint: Give the option once for each of them.
"""


def make(given):
    given.model()
