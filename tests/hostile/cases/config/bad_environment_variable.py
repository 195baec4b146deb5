"""A setting in the environment that is none of those allowed."""

import os

EXIT = 2
STDERR = """\
error: MODELPRESS_COMPRESSION: must be one of default, store, deflate, auto
hint: `modelpress config --origin` shows every setting and where it comes from.
"""


def make(given):
    given.listing()


def run(given):
    environment = {**os.environ, "MODELPRESS_COMPRESSION": "best"}
    return given.finish(given.process("package candidates.yaml", env=environment))
