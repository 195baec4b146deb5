"""The footprint names a file above the run, which is there: it is not taken."""

COMMAND = "package run"
EXIT = 1
STDERR = """\
error: the model ../secret.onnx was not found; tried ../secret.onnx; secret.onnx below run; secret.onnx below \
<here>/.olive-cache; the model saved in run
hint: Copy Olive's cache beside the run, or name the folder that holds runs/<id>/models with --model-root.
"""


def make(given):
    given.model("secret.onnx")
    given.footprint(a={"type": "ONNXModel", "config": {"model_path": "../secret.onnx"}})
