"""Every model is damaged."""

COMMAND = "package candidates.yaml"
EXIT = 1
STDERR = """\
error: candidate two, as every other, cannot be used: model.onnx is damaged or not an ONNX model: a field has the \
number 0 (at byte 1)
hint: Copy or download the model again; it may have been cut off.
"""


def make(given):
    given.listing()
    given.bytes("model.onnx", b"\x00" * 1000)
