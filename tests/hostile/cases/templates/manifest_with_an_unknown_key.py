"""A template-set.yaml with a key that is nearly one."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: templates/custom/template-set.yaml has the unknown key 'variabels'
hint: Did you mean 'variables'?
"""


def make(given):
    given.template_set({"template-set.yaml": "description: A set.\nvariabels: {}\n"})
