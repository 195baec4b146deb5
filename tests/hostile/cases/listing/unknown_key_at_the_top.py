"""A key of the list itself that is nearly one."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:1: metric: unknown key
hint: Did you mean metrics?
"""


def make(given):
    given.text("candidates.yaml", "metric: {}\ncandidates:\n  - model: model.onnx\n")
