"""A JSON file that says nothing."""

COMMAND = "rank values.json"
EXIT = 1
STDERR = """\
error: values.json is not a file that candidates can be read from
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.text("values.json", "null")
