"""Weights that Git LFS has not fetched."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx: tensor 'weights' in 'weights.bin' ends at byte 4112, and the file has 71 bytes
hint: The data file is cut off, a Git LFS pointer or of another model; copy it again.
"""


def make(given):
    given.external_model("model.onnx", location="weights.bin", offset="4096", length="16")
    given.text("weights.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 123456\n")
