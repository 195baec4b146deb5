"""A table of something else."""

COMMAND = "rank values.csv"
EXIT = 1
STDERR = """\
error: values.csv:1: has no column model
hint: The columns are id, model, accelerator and one for each metric.
"""


def make(given):
    given.text("values.csv", "name,latency\none,1\n")
