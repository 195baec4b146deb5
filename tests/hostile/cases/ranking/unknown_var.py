"""A variable that the template set does not have."""

COMMAND = "render model.onnx -o deploy --var samples.dim=batch=1"
EXIT = 2
STDERR = """\
error: the template set samples has no variable 'dim'
hint: Did you mean 'dims'?
"""


def make(given):
    given.model()
