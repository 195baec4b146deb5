"""Olive's keys and ours in one file."""

COMMAND = "package candidates.yaml -c mixed.yaml"
EXIT = 2
STDERR = """\
error: mixed.yaml: mixes keys of Olive (packaging_config) with keys of modelpress (ranking)
hint: Keep the two in files of their own.
"""


def make(given):
    given.listing()
    given.text("mixed.yaml", "packaging_config: {type: Zipfile}\nranking: {by: [latency]}\n")
