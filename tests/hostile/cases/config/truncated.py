"""A workflow file whose copy was cut off."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:4:1: not valid JSON: Expecting property name enclosed in double quotes
hint: The file is cut short; copy it again from where it was made.
"""


def make(given):
    given.listing()
    given.text("config.json", '{\n  "packaging_config": {\n    "type": "Zipfile",\n')
