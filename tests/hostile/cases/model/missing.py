"""No file at all."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is not a file
hint: Name the .onnx file.
"""
