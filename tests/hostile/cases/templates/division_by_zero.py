"""An expression that fails."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.txt.jinja:2: ZeroDivisionError
hint: Correct the expression in the template.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "\n{{ 1 // 0 }}\n"})
