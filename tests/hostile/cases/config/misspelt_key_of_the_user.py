"""The same in the user's own file."""

COMMAND = "rank candidates.yaml"
EXIT = 2
STDERR = """\
error: <home>/config/modelpress/config.yaml: neither an Olive workflow nor a modelpress configuration: strickt
hint: Did you mean strict?
"""


def make(given):
    given.listing()
    given.text("../home/config/modelpress/config.yaml", "strickt: true\n")
