"""A variable whose default is of another type."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: templates/custom/template-set.yaml: variable 'port' has a bad default: expected a whole number
hint: Correct the default.
"""


def make(given):
    given.template_set({"template-set.yaml": "variables:\n  port: {type: int, default: http}\n"})
