"""An error as JSON: the target is in the way."""

COMMAND = "render candidates.yaml -o deploy --format json"
EXIT = 1
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "failure",
    "message": "deploy is a file, and a folder is to be written there",
    "hint": "Give another name.",
    "file": "deploy"
  }
}
"""


def make(given):
    given.listing()
    given.text("deploy", "precious")
