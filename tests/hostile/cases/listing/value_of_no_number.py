"""A value in words."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:17: candidates[0].metrics.latency: must be a number, or a mapping with a value
hint: `modelpress schema candidates` prints the form of a list.
"""


def make(given):
    given.listing(metrics={"latency": "fast"})
