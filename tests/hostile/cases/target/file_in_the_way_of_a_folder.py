"""The project is to be a folder, and a file has its name."""

COMMAND = "render candidates.yaml -o deploy"
EXIT = 1
STDERR = """\
error: deploy is a file, and a folder is to be written there
hint: Give another name.
"""


def make(given):
    given.listing()
    given.text("deploy", "precious")
