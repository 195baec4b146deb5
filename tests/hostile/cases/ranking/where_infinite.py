"""A limit beyond all numbers."""

COMMAND = "rank candidates.yaml --where 'latency<1e999'"
EXIT = 2
STDERR = """\
error: --where 'latency<1e999' is malformed
hint: --where takes METRIC, one of < <= > >= == !=, and a number, for example 'latency-avg<10'
"""


def make(given):
    given.listing()
