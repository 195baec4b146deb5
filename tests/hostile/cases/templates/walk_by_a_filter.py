"""The same through the filter attr."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom:notes.txt.jinja:1: the template reaches for the inside of Python: 'jinja2.runtime.StrictUndefined \
object' has no attribute '__mro__'
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{{ project.name | attr('__class__') | attr('__mro__') }}\n"})
