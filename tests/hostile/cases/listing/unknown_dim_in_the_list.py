"""A dimension that the model does not have, in the list."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 2
STDERR = """\
error: candidates.yaml: candidate model.onnx: dims: batsh: the model has no free dimension of that name
hint: Did you mean batch? Its free dimensions: batch, features:0.
"""


def make(given):
    given.model()
    given.text("candidates.yaml", "dims: {batsh: 2}\ncandidates:\n  - model: model.onnx\n")
