"""An error as JSON: nothing qualifies."""

COMMAND = "rank candidates.yaml --where latency<0 --format json"
EXIT = 5
STDERR = ""
STDOUT = """\
{
  "error": {
    "code": "no-candidate",
    "message": "no candidate is left to rank: one (latency 1.5 misses < 0 by 1.5), two (latency 2.5 misses < 0 by \
2.5)",
    "hint": "Loosen --where.",
    "file": "candidates.yaml"
  }
}
"""


def make(given):
    given.listing()
