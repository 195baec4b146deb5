"""A set that writes its own lock."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: 'modelpress.lock' is written twice
hint: Leave one of the two parts out.
"""


def make(given):
    given.template_set({"modelpress.lock": "{}\n"})
