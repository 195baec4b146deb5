"""A mapping that is no JSON text."""

COMMAND = "render model.onnx -t azure-models --var azure-models.tags=team=vision -o deploy"
EXIT = 2
STDERR = """\
error: azure-models.tags: expected a mapping, or the JSON text of one: not valid JSON: Expecting value
hint: Further tags, names to values.
"""


def make(given):
    given.model()
