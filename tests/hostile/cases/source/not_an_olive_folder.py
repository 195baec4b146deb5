"""A folder with other things in it."""

COMMAND = "rank project"
EXIT = 1
STDERR = """\
error: project holds no candidates: it has src/, a.txt, b.txt, c.txt, d.txt and 1 more
hint: Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, an \
Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.
"""


def make(given):
    for name in ("notes.txt", "src/main.py", "a.txt", "b.txt", "c.txt", "d.txt"):
        given.text(f"project/{name}", "text")
