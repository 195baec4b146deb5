"""The project is to be a zip, and a folder has its name."""

COMMAND = "render candidates.yaml -o deploy.zip"
EXIT = 1
STDERR = """\
error: deploy.zip is a folder, and a zip is to be written there
hint: Remove the folder, or write elsewhere with -o.
"""


def make(given):
    given.listing()
    given.text("deploy.zip/precious", "precious")
