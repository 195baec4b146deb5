"""Weights that are a file of the system."""

COMMAND = "render model.onnx -o deploy"
EXIT = 4
STDERR = """\
error: model.onnx: tensor 'weights': '/etc/passwd' leads outside the model's folder
hint: Do not run this model; ask where it comes from.
"""


def make(given):
    given.external_model("model.onnx", location="/etc/passwd")
