"""An error as JSON: the input is refused."""

COMMAND = "inspect model.onnx --format json"
EXIT = 4
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "unsafe-input",
    "message": "model.onnx: tensor 'weights': '../weights.bin' leads outside the model's folder",
    "hint": "Do not run this model; ask where it comes from.",
    "file": null
  }
}
"""


def make(given):
    given.external_model("model.onnx", location="../weights.bin")
