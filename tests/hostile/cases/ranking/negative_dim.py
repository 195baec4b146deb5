"""A size below one."""

COMMAND = "render model.onnx -o deploy --dim batch=-1"
EXIT = 2
STDERR = """\
error: --dim: batch: must be at least 1
hint: --help shows the form of every option.
"""


def make(given):
    given.model()
