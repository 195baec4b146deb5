"""models_rank.json with something else in it."""

COMMAND = "rank project"
EXIT = 1
STDERR = """\
error: project/models_rank.json: is not Olive's list of ranked models but a mapping
hint: Each entry has rank, model_config and metrics.
"""


def make(given):
    given.json("project/models_rank.json", {"first": "one"})
