"""A template uses a field that there is not."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.txt.jinja:2: 'dict object' has no attribute 'opsets'
hint: Did you mean 'opset'? `modelpress schema context` lists the fields.
"""


def make(given):
    given.template_set({"notes.txt.jinja": "{{ project.name }}\n{{ model.opsets }}\n"})
