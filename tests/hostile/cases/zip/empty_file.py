"""A zip of no bytes."""

COMMAND = "rank run.zip"
EXIT = 1
STDERR = """\
error: run.zip cannot be read as a zip: File is not a zip file
hint: The file is truncated or not a zip; copy it again from where it was made.
"""


def make(given):
    given.text("run.zip", "")
