"""A layer that is not pinned to a commit."""

COMMAND = "render model.onnx -o out"
EXIT = 2
STDERR = """\
error: <here>/modelpress.yaml:5:7: templates[0].commit: must be the full name of a commit, all 40 hexadecimal digits, \
in quotes
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.model()
    given.json("modelpress.yaml", {"templates": [{"git": "https://computer/templates.git", "commit": "main"}]})
