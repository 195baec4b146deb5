"""A size of a dimension that no tensor can have."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 1
STDERR = """\
error: candidates.yaml:3: candidates[0].dims.batch: must be at least 1
hint: `modelpress schema candidates` prints the form of a list.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  - model: model.onnx\n    dims: {batch: 0}\n")
