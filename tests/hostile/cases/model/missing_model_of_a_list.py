"""A list that names a model which is not there."""

COMMAND = "package candidates.yaml --strict"
EXIT = 1
STDERR = """\
error: candidate one cannot be used: the model models/gone.onnx was not found; tried models/gone.onnx; \
models/gone.onnx below .; models/gone.onnx below <here>/.olive-cache; the model saved in .
hint: Correct the path, which is relative to the list, or name a folder to search with --model-root.
"""


def make(given):
    given.listing(model="models/gone.onnx")
