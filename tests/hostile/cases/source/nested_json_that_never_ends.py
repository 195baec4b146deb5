"""The same without the closing brackets."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json: is nested too deeply
hint: No program that makes such files writes this; look at where it comes from.
"""


def make(given):
    given.text("run/footprint.json", '{"a":' * 100_000)
