"""A JSON list of numbers."""

COMMAND = "rank values.json"
EXIT = 1
STDERR = """\
error: values.json is not a list of candidates nor a file of Olive's: it is a list
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.json("values.json", [1, 2, 3])
