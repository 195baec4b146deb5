"""A direction that is not one."""

COMMAND = "rank candidates.yaml --by latency:lowest"
EXIT = 2
STDERR = """\
error: --by 'latency:lowest': no candidate has this metric
hint: Did you mean 'latency'? Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
