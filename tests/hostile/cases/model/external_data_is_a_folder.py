"""The location of the weights is a folder."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx: tensor 'weights' needs 'weights', and weights is not a file
hint: Put the data file beside the model; it belongs to it.
"""


def make(given):
    given.external_model("model.onnx", location="weights")
    given.path("weights").mkdir()
