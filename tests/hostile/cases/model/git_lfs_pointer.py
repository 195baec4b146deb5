"""A model that Git LFS has not fetched."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is a Git LFS pointer, not the model itself
hint: Fetch the model with `git lfs pull`.
"""


def make(given):
    given.text("model.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 123456\n")
