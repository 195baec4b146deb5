"""A link to itself."""

COMMAND = "rank loop"
EXIT = 1
STDERR = """\
error: loop: cannot be read: Too many levels of symbolic links
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.path("loop").symlink_to("loop")
