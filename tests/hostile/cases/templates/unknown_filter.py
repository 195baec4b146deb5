"""A filter that is nearly one."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: custom:notes.json.jinja:1: No filter named 'jsn'.
hint: Did you mean 'json'?
"""


def make(given):
    given.template_set({"notes.json.jinja": "{{ project.name | jsn }}\n"})
