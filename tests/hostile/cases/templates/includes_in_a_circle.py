"""Two templates that include each other."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:a.txt.jinja: templates refer to each other in a circle: custom:a.txt.jinja -> custom:_b.jinja -> \
custom:a.txt.jinja
hint: Break the circle.
"""


def make(given):
    given.template_set({"a.txt.jinja": "{% include '_b.jinja' %}", "_b.jinja": "{% include 'a.txt.jinja' %}"})
