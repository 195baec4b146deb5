"""A set that extends one that there is not."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: the template set custom extends 'sampels', which does not exist
hint: Did you mean 'samples'?
"""


def make(given):
    given.template_set({"template-set.yaml": "extends: sampels\n"})
