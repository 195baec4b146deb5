"""A table with no line."""

COMMAND = "rank candidates.csv"
EXIT = 1
STDERR = """\
error: candidates.csv:1: has no column model
hint: The columns are id, model, accelerator and one for each metric.
"""


def make(given):
    given.text("candidates.csv", "")
