"""A folder whose name is no text, in JSON: half of a surrogate pair stands for each byte."""

COMMAND = ["rank", "caf\udce9", "--format", "json"]
EXIT = 1
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "failure",
    "message": "caf\\udce9 holds no candidates: it is empty",
    "hint": "Accepted are an Olive output folder (with footprint.json or footprints.json), the Olive workflow file, \
an Olive zip, models_rank.json, a list of candidates (.yaml, .json, .csv), a .onnx file, and a folder that holds a \
model.",
    "file": "caf\\udce9"
  }
}
"""


def make(given):
    given.path("caf\udce9").mkdir()
