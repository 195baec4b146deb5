"""A list where a mapping is wanted."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json: a configuration must be a mapping of keys to values
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    given.json("config.json", [1, 2])
