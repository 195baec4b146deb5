"""A name that nothing has."""

COMMAND = "rank nowhere/run"
EXIT = 1
STDERR = """\
error: nowhere/run: cannot be read: No such file or directory
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""
