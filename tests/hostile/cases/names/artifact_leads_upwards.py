"""The name of a zip that is a path."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:4:5: packaging_config.name: must be a plain file name: no folders, no reserved names or \
characters
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    given.json("config.json", {"packaging_config": {"type": "Zipfile", "name": "../../out"}})
