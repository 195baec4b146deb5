"""Nodes that have no model: no pass was run."""

COMMAND = "package run"
EXIT = 5
STDERR = """\
error: run holds no candidate model: aaaa, bbbb (has no model)
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.footprint(aaaa=None, bbbb=None)
