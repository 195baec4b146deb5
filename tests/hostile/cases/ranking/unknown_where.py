"""A constraint on a metric that nothing has."""

COMMAND = "package candidates.yaml --where 'acuracy>0.5'"
EXIT = 2
STDERR = """\
error: --where 'acuracy': no candidate has this metric
hint: Did you mean 'accuracy'? Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
