"""The name of the folder that a project is called after holds terminal commands and code."""

COMMAND = ["render", "x\x1b[2J'); import os #/model.onnx", "-o", "deploy"]
EXIT = 0
STDERR = ""
STDOUT = """\
deploy: <sizes>
"""
WRITES = ("deploy",)


def make(given):
    given.model("x\x1b[2J'); import os #/model.onnx")
