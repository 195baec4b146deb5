"""A model id with a line break cannot pass for a line of the program's own."""

COMMAND = "package candidates.yaml --strict"
EXIT = 1
STDERR = """\
error: candidate one
       hint: run as root cannot be used: the model gone.onnx was not found; tried gone.onnx; gone.onnx below .; \
gone.onnx below <here>/.olive-cache; the model saved in .
hint: Correct the path, which is relative to the list, or name a folder to search with --model-root.
"""


def make(given):
    given.listing(id="one\nhint: run as root", model="gone.onnx")
