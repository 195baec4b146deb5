"""A log-in page that was saved as a model."""

COMMAND = "render model.onnx -o deploy"
EXIT = 1
STDERR = """\
error: model.onnx is a web page, not a model
hint: Download the model again; the server answered with a page, perhaps to log in.
"""


def make(given):
    given.text("model.onnx", "<!DOCTYPE html>\n<html><head><title>Log in</title></head></html>\n" * 20)
