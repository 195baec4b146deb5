"""Constraints that no candidate meets."""

COMMAND = "package candidates.yaml --where 'accuracy>0.95' --where 'latency<1'"
EXIT = 5
STDERR = """\
error: no candidate is left to rank: one (accuracy 0.9 misses > 0.95 by 0.05; latency 1.5 misses < 1 by 0.5), two \
(accuracy 0.8 misses > 0.95 by 0.15; latency 2.5 misses < 1 by 1.5)
hint: Loosen --where.
"""


def make(given):
    given.listing()
