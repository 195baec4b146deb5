"""One metric twice."""

COMMAND = "rank candidates.yaml --by latency --by latency:max"
EXIT = 2
STDERR = """\
error: --by 'latency:max' repeats one given before
hint: Keep one of the two.
"""


def make(given):
    given.listing()
