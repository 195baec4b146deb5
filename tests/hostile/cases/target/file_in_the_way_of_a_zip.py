"""The project is to be a zip, and another file has its name."""

COMMAND = "render candidates.yaml -o thesis.zip"
EXIT = 1
STDERR = """\
error: thesis.zip is no zip that modelpress wrote
hint: Give another name, or --force to replace it.
"""


def make(given):
    given.listing()
    given.zip("thesis.zip", [("chapter-1.txt", b"precious")])
