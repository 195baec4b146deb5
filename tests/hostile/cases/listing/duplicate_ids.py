"""Two candidates of one id."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:3: candidates[1].id: one is already the id of candidates[0]
hint: Give each candidate an id of its own.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  - {id: one, model: a.onnx}\n  - {id: one, model: b.onnx}\n")
