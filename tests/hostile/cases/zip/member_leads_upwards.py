"""A member that would be unpacked above the folder."""

COMMAND = "package run.zip"
EXIT = 4
STDERR = """\
error: run.zip holds '../../.bashrc', which would be written outside the folder it is unpacked to
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    given.zip("run.zip", [("models_rank.json", b"[]"), ("../../.bashrc", b"touch owned")])
