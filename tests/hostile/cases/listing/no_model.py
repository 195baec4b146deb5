"""A candidate that names no model."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:2: candidates[0].model: is required
hint: `modelpress schema candidates` prints the form of a list.
"""


def make(given):
    given.text("candidates.yaml", "candidates:\n  - id: one\n    metrics: {latency: 1}\n")
