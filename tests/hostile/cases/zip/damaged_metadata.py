"""The same of a JSON file."""

COMMAND = "rank run.zip"
EXIT = 1
STDERR = """\
error: run.zip!models_rank.json cannot be read: Bad CRC-32 for file 'models_rank.json'
hint: Look whether the file is whole and may be read.
"""


def make(given):
    given.zip("run.zip", [("models_rank.json", b'[{"rank": 1, "model_config": {}}]')])
    place = given.path("run.zip")
    place.write_bytes(place.read_bytes().replace(b'"rank"', b'"rang"', 1))
