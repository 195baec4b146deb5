"""The file with the weights has fewer bytes than the model says."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx: tensor 'weights' in 'weights.bin' ends at byte 16, and the file has 9 bytes
hint: The data file is cut off, a Git LFS pointer or of another model; copy it again.
"""


def make(given):
    given.external_model("model.onnx", location="weights.bin", offset="0", length="16")
    given.bytes("weights.bin", bytes(9))
