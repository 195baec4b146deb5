"""A file of constants that the record places above the model."""

COMMAND = "package run"
EXIT = 4
STDERR = """\
error: run/models/model.onnx: '../secret.bin' leads outside the model's folder
hint: Do not run this model; ask where it comes from.
"""


def make(given):
    given.text("run/secret.bin", "secret")
    given.model("run/models/model.onnx")
    config = {"model_path": "models/model.onnx", "external_initializers_file_name": "../secret.bin"}
    given.footprint(a={"type": "ONNXModel", "config": config})
