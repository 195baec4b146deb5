"""A number that takes Python minutes to convert."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json: holds a number that is too long
hint: No program that makes such files writes this; look at where it comes from.
"""


def make(given):
    given.text("run/footprint.json", '{"a": {"parent_model_id": ' + "9" * 100_000 + "}}")
