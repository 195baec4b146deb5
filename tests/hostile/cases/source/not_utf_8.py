"""A footprint in bytes that are no text."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json: is not text
hint: Save it as UTF-8, or copy it again.
"""


def make(given):
    given.bytes("run/footprint.json", b'{"a": "\xff\xfe\xfd"}')
