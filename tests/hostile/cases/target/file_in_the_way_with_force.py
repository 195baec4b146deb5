"""--force replaces folders, never a file."""

COMMAND = "render candidates.yaml -o deploy --force"
EXIT = 1
STDERR = """\
error: deploy is a file, and a folder is to be written there
hint: Give another name.
"""


def make(given):
    given.listing()
    given.text("deploy", "precious")
