"""Weights in the folder above that of the model."""

COMMAND = "package run"
EXIT = 4
STDERR = """\
error: run/models/model.onnx: tensor 'weights': '../secret.bin' leads outside the model's folder
hint: Do not run this model; ask where it comes from.
"""


def make(given):
    given.external_model("run/models/model.onnx", location="../secret.bin")
    given.bytes("run/secret.bin", bytes(16))
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "models/model.onnx"}})
