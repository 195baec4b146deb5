"""An error as JSON: an option asks for something wrong."""

COMMAND = "rank candidates.yaml --by latancy --format json"
EXIT = 2
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "usage",
    "message": "--by 'latancy': no candidate has this metric",
    "hint": "Did you mean 'latency'? Known metrics: accuracy, latency.",
    "file": null
  }
}
"""


def make(given):
    given.listing()
