"""A variable without its template set."""

COMMAND = "render model.onnx -o deploy --var title=x"
EXIT = 2
STDERR = """\
error: --var: must be SET.KEY=VALUE
hint: Give the option once for each of them.
"""


def make(given):
    given.model()
