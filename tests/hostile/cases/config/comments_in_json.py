"""JSON with a comment."""

COMMAND = "package candidates.yaml -c config.json"
EXIT = 2
STDERR = """\
error: config.json:2:3: not valid JSON: Expecting property name enclosed in double quotes
hint: JSON has no comments: take them out, or save the file as .yaml with # comments.
"""


def make(given):
    given.listing()
    given.text("config.json", '{\n  // pack all\n  "packaging_config": {"type": "Zipfile"}\n}\n')
