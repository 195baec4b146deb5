"""A zip with other things in it."""

COMMAND = "rank photos.zip"
EXIT = 1
STDERR = """\
error: photos.zip holds no candidates: it has 2024/
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    given.zip("photos.zip", [("2024/a.jpg", b"a"), ("2024/b.jpg", b"b")])
