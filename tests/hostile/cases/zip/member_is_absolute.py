"""A member that would be unpacked to the system."""

COMMAND = "rank run.zip"
EXIT = 4
STDERR = """\
error: run.zip holds '/etc/cron.d/owned', which would be written outside the folder it is unpacked to
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    given.zip("run.zip", [("models_rank.json", b"[]"), ("/etc/cron.d/owned", b"* * * * *")])
