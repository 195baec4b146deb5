"""A set that writes where the model lies."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: model/model.onnx is written twice, by a model or a template set
hint: Rename the file, or leave the template set out.
"""


def make(given):
    given.template_set({"model/model.onnx": "mine\n"})
