"""Brackets in brackets, a hundred thousand deep."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json: is nested too deeply
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.listing()
    given.text("config.json", '{"packaging_config": ' + "[" * 100_000 + "]" * 100_000 + "}")
