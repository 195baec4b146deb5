"""A date for the zip that is none."""

import os

EXIT = 2
STDERR = """\
error: SOURCE_DATE_EPOCH is 'yesterday', not a number of seconds since 1970
hint: Unset it, or set a number.
"""


def make(given):
    given.listing()


def run(given):
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "yesterday"}
    return given.finish(given.process("package candidates.yaml", env=environment))
