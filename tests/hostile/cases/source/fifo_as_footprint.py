"""A pipe under the name of a file of the run."""

import os

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json is not a readable file
hint: Copy it again from where it was made.
"""


def make(given):
    os.mkfifo(given.path("run/footprint.json"))
