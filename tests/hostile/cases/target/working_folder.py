"""The folder that the command runs in."""

COMMAND = "render candidates.yaml -o ."
EXIT = 1
STDERR = """\
error: . holds the working folder, and would be swapped for another
hint: Run the command from outside it.
"""


def make(given):
    given.listing()
