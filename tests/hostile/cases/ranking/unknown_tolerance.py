"""A tolerance of a metric that nothing has."""

COMMAND = "render candidates.yaml -o deploy --tolerance Latency=5%"
EXIT = 2
STDERR = """\
error: --tolerance 'Latency': no candidate has this metric
hint: Did you mean 'latency'? Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
