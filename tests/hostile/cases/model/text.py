"""A text under the name of a model."""

COMMAND = "render model.onnx -o deploy"
EXIT = 1
STDERR = """\
error: model.onnx is damaged or not an ONNX model: a field of unknown form 4 (at byte 1)
hint: Copy or download the model again; it may have been cut off.
"""


def make(given):
    given.text("model.onnx", "this is not a model, it is a text\n" * 40)
