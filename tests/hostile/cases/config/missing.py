"""A configuration that is not there."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json: cannot be read: No such file or directory
hint: Name an existing JSON or YAML file.
"""


def make(given):
    given.listing()
