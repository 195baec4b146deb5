"""A template uses a name that there is not."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.txt.jinja:1: 'candidat' is undefined
hint: Did you mean 'candidate'? `modelpress schema context` lists the fields.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{{ candidat.id }}\n"})
