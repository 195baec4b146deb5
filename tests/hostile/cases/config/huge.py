"""A configuration of a gigabyte."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json: is larger than a configuration can be (1 MiB)
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    given.sparse("config.json", 1 << 30)
