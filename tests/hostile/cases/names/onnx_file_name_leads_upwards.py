"""The footprint names a file above the folder of the model."""

COMMAND = "package run"
EXIT = 4
STDERR = """\
error: run/models/../../secret.onnx leads outside run
hint: Copy the file into the folder if it belongs there.
"""


def make(given):
    given.model("secret.onnx")
    given.model("run/models/a.onnx")
    given.model("run/models/b.onnx")
    config = {"model_path": "models", "onnx_file_name": "../../secret.onnx"}
    given.footprint(a={"type": "ONNXModel", "config": config})
