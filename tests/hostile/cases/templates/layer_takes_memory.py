"""A layer from elsewhere whose template makes a text of a thousand million characters."""

COMMAND = "render model.onnx -t org -o out"
EXIT = 4
STARTED = True
STDERR = """\
error: org:notes.txt.jinja:1: rendering takes too much memory
hint: Make the template do less, or do not use this template set.
"""


def make(given):
    given.layer({"org/template-set.yaml": b"", "org/notes.txt.jinja": b"{{ 'x' * (model.size * 10**7) }}\n"})
