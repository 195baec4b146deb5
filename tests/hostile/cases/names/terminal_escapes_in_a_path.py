"""A folder whose name would clear the screen."""

COMMAND = ["rank", "\x1b[2Jrun"]
EXIT = 1
STDERR = """\
error: \\x1b[2Jrun holds no candidates: it is empty
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.path("\x1b[2Jrun").mkdir()
