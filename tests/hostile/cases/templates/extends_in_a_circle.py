"""Two sets that extend each other."""

COMMAND = "render model.onnx -t first --templates templates -o out"
EXIT = 2
STDERR = """\
error: template sets extend each other in a circle: first -> second -> first
hint: Take `extends` out of one of them.
"""


def make(given):
    given.template_set({"template-set.yaml": "extends: second\n"}, "first")
    given.template_set({"template-set.yaml": "extends: first\n"}, "second")
