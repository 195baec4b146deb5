"""A set that is nearly one."""

COMMAND = "render model.onnx -t smaples -o out"
EXIT = 2
STDERR = """\
error: there is no template set 'smaples'
hint: Did you mean 'samples'?
"""


def make(given):
    given.model()
