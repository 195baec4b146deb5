"""A member that Windows would unpack above the folder."""

COMMAND = "rank run.zip"
EXIT = 4
STDERR = """\
error: run.zip holds '..\\\\..\\\\owned.bat', which would be written outside the folder it is unpacked to
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    given.zip("run.zip", [("models_rank.json", b"[]"), ("..\\..\\owned.bat", b"echo")])
