"""A damaged file that another one includes."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:_part.jinja:3: unexpected 'end of print statement'
hint: Correct the template.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{% include '_part.jinja' %}\n", "_part.jinja": "\n\n{{ 1 + }}\n"})
