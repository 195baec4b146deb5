"""A member that is packed with LZMA."""

import zipfile

COMMAND = "rank run.zip"
EXIT = 1
STDERR = """\
error: run.zip: 'models_rank.json' is packed with a method other than deflate
hint: Unpack it and give the folder.
"""


def make(given):
    with zipfile.ZipFile(given.path("run.zip"), "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("models_rank.json", "[]")
