"""The same as Windows writes it."""

COMMAND = "inspect model.onnx"
EXIT = 4
STDERR = """\
error: model.onnx: tensor 'weights': 'C:\\\\Windows\\\\win.ini' leads outside the model's folder
hint: Do not run this model; ask where it comes from.
"""


def make(given):
    given.external_model("model.onnx", location="C:\\Windows\\win.ini")
