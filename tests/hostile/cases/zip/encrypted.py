"""A member that needs a password."""

COMMAND = "rank run.zip"
EXIT = 1
STDERR = """\
error: run.zip: 'models_rank.json' needs a password
hint: Unpack it and give the folder.
"""


def make(given):
    given.zip("run.zip", [("models_rank.json", b"[]")])
    place = given.path("run.zip")
    content = bytearray(place.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    place.write_bytes(content)
