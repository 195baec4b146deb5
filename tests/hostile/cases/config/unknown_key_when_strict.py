"""A key that Olive would drop, and --strict is given."""

COMMAND = "package candidates.yaml -c config.json --strict"
EXIT = 2
STDERR = """\
error: config.json:4:5: packaging_config.include_samples_code: unknown key
hint: Did you mean include_sample_code?
"""


def make(given):
    given.listing()
    given.json("config.json", {"packaging_config": {"type": "Zipfile", "include_samples_code": True}})
