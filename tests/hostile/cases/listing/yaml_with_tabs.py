"""Indented with tabs."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:2:1: not valid YAML: while scanning for the next token, found character that cannot start \
any token
hint: Correct it there, or copy the file again from where it was made.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n\t- model: model.onnx\n")
