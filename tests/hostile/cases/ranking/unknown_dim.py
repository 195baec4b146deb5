"""A dimension that the model does not have."""

COMMAND = "render model.onnx -o deploy --dim batsh=1"
EXIT = 2
STDERR = """\
error: --dim batsh: the model has no free dimension of that name
hint: Did you mean batch? Its free dimensions: batch, features:0.
"""


def make(given):
    given.model()
