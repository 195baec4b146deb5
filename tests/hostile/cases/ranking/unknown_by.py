"""A metric that nothing has, nearly spelled as one."""

COMMAND = "rank candidates.yaml --by latancy"
EXIT = 2
STDERR = """\
error: --by 'latancy': no candidate has this metric
hint: Did you mean 'latency'? Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
