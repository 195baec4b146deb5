"""Weights that are a link to a file elsewhere."""

COMMAND = "package run"
EXIT = 4
STDERR = """\
error: run/models/model.onnx: tensor 'weights': run/models/weights.bin leads outside run/models
hint: Copy the file into the folder if it belongs there.
"""


def make(given):
    given.external_model("run/models/model.onnx", location="weights.bin")
    given.bytes("secret.bin", bytes(16))
    given.path("run/models/weights.bin").symlink_to("../../secret.bin")
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "models/model.onnx"}})
