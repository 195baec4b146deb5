"""The Pareto file is cut off, the footprint is whole."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/pareto_frontier_footprints.json:1:1482: not valid JSON: Unterminated string starting at
hint: The file is cut short; copy it again from where it was made.
"""


def make(given):
    given.olive_run()
    front = given.path("run/pareto_frontier_footprints.json")
    front.write_bytes(front.read_bytes()[:1500])
