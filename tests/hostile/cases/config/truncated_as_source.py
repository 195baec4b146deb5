"""The same as SOURCE."""

COMMAND = "package config.json"
EXIT = 1
STDERR = """\
error: config.json:4:1: not valid JSON: Expecting property name enclosed in double quotes
hint: The file is cut short; copy it again from where it was made.
"""


def make(given):
    given.text("config.json", '{\n  "packaging_config": {\n    "type": "Zipfile",\n')
