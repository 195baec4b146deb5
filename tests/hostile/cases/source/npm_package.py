"""JSON of quite another kind."""

COMMAND = "rank package.json"
EXIT = 1
STDERR = """\
error: package.json is not a list of candidates nor a file of Olive's: its keys are name, version, scripts, \
dependencies
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.json("package.json", {"name": "web", "version": "1.0.0", "scripts": {}, "dependencies": {"left-pad": "1"}})
