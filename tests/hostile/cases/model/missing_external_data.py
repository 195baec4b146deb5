"""The file with the weights was left behind."""

COMMAND = "package run"
EXIT = 1
STDERR = """\
error: run/models/model.onnx: tensor 'weights' needs 'model.onnx.data', and run/models/model.onnx.data is not a file
hint: Put the data file beside the model; it belongs to it.
"""


def make(given):
    given.external_model("run/models/model.onnx", location="model.onnx.data")
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "models/model.onnx"}})
