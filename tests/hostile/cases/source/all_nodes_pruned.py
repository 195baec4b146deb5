"""A search in which every pass failed."""

COMMAND = "package run"
EXIT = 5
STDERR = """\
error: run holds no candidate model: node0, node1, node2 and 5 more (failed or was pruned in the run)
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    pruned = {"is_pruned": True}
    given.footprint(**{f"node{number}": pruned for number in range(8)})
