"""A metric that decides, and nobody says which way."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:2: metrics.latency: has a priority but no direction
hint: Add higher_is_better to latency under metrics.
"""


def make(given):
    rules = "metrics:\n  latency: {priority: 1}\n"
    given.text("candidates.yaml", f"{rules}candidates:\n  - model: model.onnx\n    metrics: {{latency: 1}}\n")
