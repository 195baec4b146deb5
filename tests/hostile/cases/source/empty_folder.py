"""A folder with nothing in it."""

COMMAND = "package empty"
EXIT = 1
STDERR = """\
error: empty holds no candidates: it is empty
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.path("empty").mkdir()
