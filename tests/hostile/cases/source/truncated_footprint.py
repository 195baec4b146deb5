"""A footprint whose copy was cut off."""

COMMAND = "package run"
EXIT = 1
STDERR = """\
error: run/footprints.json:1:2001: not valid JSON: Expecting property name enclosed in double quotes
hint: The file is cut short; copy it again from where it was made.
"""


def make(given):
    given.olive_run()
    footprints = given.path("run/footprints.json")
    footprints.write_bytes(footprints.read_bytes()[:2000])
