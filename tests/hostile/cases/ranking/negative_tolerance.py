"""An amount below zero."""

COMMAND = "rank candidates.yaml --tolerance latency=-5%"
EXIT = 2
STDERR = """\
error: --tolerance: latency: must be a percentage such as 5% or a number such as 0.3, not negative
hint: --help shows the form of every option.
"""


def make(given):
    given.listing()
