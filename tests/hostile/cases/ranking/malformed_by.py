"""A direction without a metric."""

COMMAND = "rank candidates.yaml --by :max"
EXIT = 2
STDERR = """\
error: --by ':max' is malformed
hint: --by takes METRIC, METRIC:max or METRIC:min, for example latency-avg:min
"""


def make(given):
    given.listing()
