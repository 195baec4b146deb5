"""A condition of another language."""

COMMAND = "rank candidates.yaml --where 'latency less than 10'"
EXIT = 2
STDERR = """\
error: --where 'latency less than 10' is malformed
hint: --where takes METRIC, one of < <= > >= == !=, and a number, for example 'latency-avg<10'
"""


def make(given):
    given.listing()
