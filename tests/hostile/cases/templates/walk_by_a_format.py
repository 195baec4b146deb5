"""The same through a format string."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom:notes.txt.jinja:1: the template reaches for the inside of Python: access to attribute '__class__' of \
'str' object is unsafe.
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{{ '{0.__class__.__mro__}'.format(project.name) }}\n"})
