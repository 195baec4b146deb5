"""A condition is not evaluated as code."""

COMMAND = ["rank", "candidates.yaml", "--where", "__import__('os').system('touch owned')<1"]
EXIT = 2
STDERR = """\
error: --where "__import__('os').system('touch owned')": no candidate has this metric
hint: Known metrics: accuracy, latency.
"""


def make(given):
    given.listing()
