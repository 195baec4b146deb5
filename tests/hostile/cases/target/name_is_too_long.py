"""A name longer than file systems take."""

NAME = "x" * 300
COMMAND = f"render candidates.yaml -o {NAME}"
EXIT = 1
STDERR = f"""\
error: {NAME} cannot be written: File name too long
hint: Choose a shorter name.
"""


def make(given):
    given.listing()
