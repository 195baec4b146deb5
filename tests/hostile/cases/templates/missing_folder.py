"""A folder of template sets that is not there."""

COMMAND = "render model.onnx --templates nowhere -o out"
EXIT = 2
STDERR = """\
error: the template folder nowhere does not exist
hint: Correct --templates, MODELPRESS_TEMPLATES or `templates` in the configuration.
"""


def make(given):
    given.model()
