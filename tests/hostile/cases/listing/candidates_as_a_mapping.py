"""Candidates by name, where a list is wanted."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:1: candidates: must be a list
hint: `modelpress schema candidates` prints the form of a list.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  one: {model: model.onnx}\n")
