"""Two candidates without an id and with one model: their ids would be the same."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:3: candidates[1].id: "model.onnx" is already the id of candidates[0]
hint: Give each candidate an id of its own.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  - model: model.onnx\n  - model: model.onnx\n")
