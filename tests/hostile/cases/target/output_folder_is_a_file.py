"""The folder for the results is a file."""

COMMAND = "package candidates.yaml -o out"
EXIT = 1
STDERR = """\
error: out/OutputModels.zip: <here>/out is not a folder
hint: Give another path.
"""


def make(given):
    given.listing()
    given.text("out", "precious")
