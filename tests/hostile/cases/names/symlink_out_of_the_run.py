"""The model of the run is a link to a file elsewhere."""

COMMAND = "package run"
EXIT = 4
STDERR = """\
error: run/models/model.onnx leads outside run
hint: Copy the file into the folder if it belongs there.
"""


def make(given):
    given.model("secret.onnx")
    given.path("run/models/model.onnx").symlink_to("../../secret.onnx")
    given.footprint(a={"type": "ONNXModel", "config": {"model_path": "models/model.onnx"}})
