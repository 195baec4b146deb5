"""A template with a block that nothing ends."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:docs/notes.txt.jinja:3: Unexpected end of template. Jinja was looking for the following tags: 'elif' \
or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.
hint: Correct the template.
"""


def make(given):
    given.template_set({"docs/notes.txt.jinja": "first\n{% if model %}\nthird\n"})
