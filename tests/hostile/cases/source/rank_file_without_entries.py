"""models_rank.json of nothing."""

COMMAND = "rank project"
EXIT = 5
STDERR = """\
error: project holds no candidate model
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.json("project/models_rank.json", [])
