"""An include of a file that is no part of the set."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom:notes.txt.jinja:1: templates/custom/../../secret.txt leads outside templates/custom
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    given.text("secret.txt", "secret")
    given.template_set({"notes.txt.jinja": "{% include '../../secret.txt' %}\n"})
