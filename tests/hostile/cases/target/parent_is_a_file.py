"""The folder that the project is to lie in is a file."""

COMMAND = "render candidates.yaml -o notes.txt/deploy"
EXIT = 1
STDERR = """\
error: notes.txt/deploy: <here>/notes.txt is not a folder
hint: Give another path.
"""


def make(given):
    given.listing()
    given.text("notes.txt", "precious")
