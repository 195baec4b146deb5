"""A table with no row."""

COMMAND = "rank candidates.csv"
EXIT = 5
STDERR = """\
error: candidates.csv holds no candidate model
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.text("candidates.csv", "model,latency:min\n")
