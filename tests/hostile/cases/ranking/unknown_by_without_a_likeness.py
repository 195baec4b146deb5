"""A metric that nothing has."""

COMMAND = "rank candidates.yaml --by throughput:max"
EXIT = 2
STDERR = """\
error: --by 'throughput': no candidate has this metric
hint: Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
