"""The well-known way from a value to the interpreter."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom:notes.txt.jinja:1: the template reaches for the inside of Python: access to attribute '__class__' of \
'tuple' object is unsafe.
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    walk = "().__class__.__base__.__subclasses__()"
    given.template_set({"notes.txt.jinja": "{{ " + walk + " }}\n"})
