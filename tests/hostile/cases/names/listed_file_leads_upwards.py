"""A file that belongs to the model by its record, and lies above the run."""

COMMAND = "package run"
EXIT = 1
STDERR = """\
error: ../../secret.txt, which belongs to the model models/model.onnx, was not found; tried run/models/secret.txt
hint: Copy Olive's cache beside the run, or name the folder that holds runs/<id>/models with --model-root.
"""


def make(given):
    given.text("secret.txt", "secret")
    given.model("run/models/model.onnx")
    attributes = {"additional_files": ["../../secret.txt"]}
    given.footprint(
        a={"type": "ONNXModel", "config": {"model_path": "models/model.onnx", "model_attributes": attributes}}
    )
