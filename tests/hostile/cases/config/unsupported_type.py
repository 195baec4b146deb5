"""A packaging type that this version cannot make."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json: packages[1]: this version of modelpress cannot make the packaging type Dockerfile
hint: Take it out of the configuration, or ask for the rest with --type Zipfile.
"""


def make(given):
    given.listing()
    given.json("config.json", {"packaging_config": [{"type": "Zipfile"}, {"type": "Dockerfile"}]})
