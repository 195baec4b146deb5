"""A layer whose address git would take for an option."""

COMMAND = "render model.onnx -o out"
EXIT = 4
STDERR = """\
error: the address '--upload-pack=touch owned' begins with a dash
hint: Git would take it for an option.
"""


def make(given):
    given.model()
    given.json("modelpress.yaml", {"templates": [{"git": "--upload-pack=touch owned", "commit": "0" * 40}]})
