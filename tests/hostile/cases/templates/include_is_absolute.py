"""An include of a file of the system."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom:notes.txt.jinja:1: /etc/passwd leads outside templates/custom
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{% include '/etc/passwd' %}\n"})
