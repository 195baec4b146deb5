"""An error as JSON holds names as they are, in JSON's own spelling."""

COMMAND = "rank candidates.yaml --format json"
EXIT = 1
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "failure",
    "message": "candidates.yaml:2: candidates[0].\\"\\\\u001b[2J\\": unknown key",
    "hint": "`modelpress schema candidates` prints the form of a list.",
    "file": "candidates.yaml:2"
  }
}
"""


def make(given):
    given.text("candidates.yaml", 'candidates:\n  - {"\\e[2J": 1, model: a.onnx}\n')
