"""An error as JSON: something failed."""

COMMAND = "package run --format json"
EXIT = 1
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "failure",
    "message": "the model models/model.onnx was not found; tried run/models/model.onnx; models/model.onnx below \
run; models/model.onnx below <here>/.olive-cache; the model saved in run",
    "hint": "Copy Olive's cache beside the run, or name the folder that holds runs/<id>/models with --model-root.",
    "file": null
  }
}
"""


def make(given):
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "models/model.onnx"}})
