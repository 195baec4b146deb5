"""A loop over more than the memory holds."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.txt.jinja:1: OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE \
(100000).
hint: Correct the expression in the template.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{% for i in range(10 ** 12) %}x{% endfor %}\n"})
