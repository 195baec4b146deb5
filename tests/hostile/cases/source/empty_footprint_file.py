"""A footprint of no bytes, as a full disk leaves it."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json:1:1: not valid JSON: Expecting value
hint: The file is empty; copy it again, or write {} where nothing is to be said.
"""


def make(given):
    given.text("run/footprint.json", "")
