"""A model of zeros, as a broken download leaves it."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is damaged or not an ONNX model: a field has the number 0 (at byte 1)
hint: Copy or download the model again; it may have been cut off.
"""


def make(given):
    given.sparse("model.onnx", 1 << 20)
