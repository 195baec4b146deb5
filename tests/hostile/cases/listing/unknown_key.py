"""A key that is nearly one."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:3: candidates[0].modle: unknown key
hint: Did you mean model?
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  - id: one\n    modle: model.onnx\n")
