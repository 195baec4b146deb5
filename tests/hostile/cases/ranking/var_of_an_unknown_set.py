"""A variable of a template set that is not rendered."""

COMMAND = "render model.onnx -o deploy --var sample.dims=x"
EXIT = 2
STDERR = """\
error: the template set 'sample' is not rendered
hint: Did you mean 'samples'?
"""


def make(given):
    given.model()
