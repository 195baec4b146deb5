"""A pipe that nobody writes to."""

import os

COMMAND = "package pipe"
EXIT = 1
STDERR = """\
error: pipe is neither a file nor a folder
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    os.mkfifo(given.path("pipe"))
