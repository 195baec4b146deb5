"""A folder with somebody's files."""

COMMAND = "render candidates.yaml -o thesis"
EXIT = 1
STDERR = """\
error: thesis is not empty, and no project that modelpress wrote
hint: Give a new folder, or --force to replace everything in this one.
"""


def make(given):
    given.listing()
    given.text("thesis/chapter-1.txt", "precious")
