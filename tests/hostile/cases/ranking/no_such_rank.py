"""A rank beyond the last one."""

COMMAND = "render candidates.yaml -o deploy --rank 3"
EXIT = 2
STDERR = """\
error: there is no rank 3
hint: Candidates that are ranked: 2.
"""


def make(given):
    given.listing()
