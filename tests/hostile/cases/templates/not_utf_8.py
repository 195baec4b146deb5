"""A template in bytes that are no text."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.txt.jinja is not UTF-8 text
hint: Convert it, or take off `.jinja` to have it copied as it is.
"""


def make(given):
    given.template_set({})
    given.bytes("templates/custom/notes.txt.jinja", b"caf\xe9 {{ project.name }}\n")
