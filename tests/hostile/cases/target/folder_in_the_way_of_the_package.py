"""The zip of a package has the name of a folder."""

COMMAND = "package candidates.yaml"
EXIT = 1
STDERR = """\
error: OutputModels.zip is a folder, and a zip is to be written there
hint: Remove the folder, or write elsewhere with -o.
"""


def make(given):
    given.listing()
    given.path("OutputModels.zip").mkdir()
