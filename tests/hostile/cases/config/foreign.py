"""JSON of quite another kind."""

COMMAND = "package candidates.yaml -c package.json"
EXIT = 2
STDERR = """\
error: package.json: neither an Olive workflow nor a modelpress configuration: name, version, dependencies
hint: Olive's options are under packaging_config.
"""


def make(given):
    given.listing()
    given.json("package.json", {"name": "web", "version": "1.0.0", "dependencies": {}})
