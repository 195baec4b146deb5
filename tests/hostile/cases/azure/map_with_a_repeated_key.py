"""A mapping that says one name twice."""

COMMAND = 'render model.onnx -t azure-models --var \'azure-models.tags={"a": 1, "a": 2}\' -o out'
EXIT = 2
STDERR = """\
error: azure-models.tags: expected a mapping, or the JSON text of one: the key a stands twice in one mapping
hint: Further tags, names to values.
"""


def make(given):
    given.model()
