"""A key of a foreign file that would clear the screen."""

COMMAND = "rank values.json"
EXIT = 1
STDERR = """\
error: values.json is not a list of candidates nor a file of Olive's: its keys are "\\u001b[2J\\u001b[H", \
"second\\nline"
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.json("values.json", {"\x1b[2J\x1b[H": 1, "second\nline": 2})
