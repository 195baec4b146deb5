"""A variable is given a value of another type."""

COMMAND = "render model.onnx -t custom --templates templates --var custom.port=http -o out"
EXIT = 2
STDERR = """\
error: custom.port: expected a whole number
hint: The port that the server listens on.
"""


def make(given):
    variable = "{type: int, default: 8080, help: The port that the server listens on.}"
    given.template_set({"template-set.yaml": f"variables:\n  port: {variable}\n"})
