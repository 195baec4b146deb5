"""A footprint of 300 MiB, which costs nothing to send and gigabytes to read."""

COMMAND = "rank run"
EXIT = 4
STDERR = """\
error: run/footprint.json: is larger than 256 MiB
hint: No record of a run is that long; look at what it is.
"""


def make(given):
    given.sparse("run/footprint.json", 300 << 20)
