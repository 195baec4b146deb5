"""A list of nothing."""

COMMAND = "rank candidates.yaml"
EXIT = 5
STDERR = """\
error: candidates.yaml holds no candidate model
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.text("candidates.yaml", "candidates: []\n")
