"""A footprint of nothing."""

COMMAND = "rank run"
EXIT = 5
STDERR = """\
error: run holds no candidate model
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.json("run/footprint.json", {})
