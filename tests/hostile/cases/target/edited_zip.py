"""The zip of a package that was made here, with something of somebody's in it."""

import zipfile

COMMAND = "package candidates.yaml -q"
EXIT = 1
STDERR = """\
error: OutputModels.zip was edited since modelpress wrote it: notes.txt (added)
hint: Give another name, or --force to replace it, edits included.
"""


def make(given):
    given.listing()
    assert given.command("package candidates.yaml -q").exit_code == 0
    with zipfile.ZipFile(given.folder / "OutputModels.zip", "a") as archive:
        archive.writestr("notes.txt", "precious")
