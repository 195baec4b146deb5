"""A layer from elsewhere whose template looks for the interpreter."""

COMMAND = "render model.onnx -t org -o out"
EXIT = 4
STARTED = True
STDERR = """\
error: org:notes.txt.jinja:1: the template reaches for the inside of Python: \
'builtin_function_or_method object' has no attribute '__globals__'
hint: Do not use this template set; ask where it comes from.
"""


def make(given):
    given.layer({"org/template-set.yaml": b"", "org/notes.txt.jinja": b"{{ project.keys.__globals__ }}\n"})
