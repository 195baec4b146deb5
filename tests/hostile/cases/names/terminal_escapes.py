"""A model id and a metric that would clear the screen are printed as they are spelled."""

COMMAND = "rank candidates.yaml"
EXIT = 0
STDERR = ""
STDOUT = """\
rank  candidate                   accelerator  latency  accuracy  reason
   1  \\x1b[2J\\x1b]0;owned\\x07one  cpu-cpu            1       0.5  best latency: 1
   2  two                         cpu-cpu          2.5       0.8  latency 2.5: 1.5 more than #1
"""


def make(given):
    given.listing(id="\x1b[2J\x1b]0;owned\x07one", metrics={"latency": 1.0, "accuracy": 0.5, "\x9b31m": 3})
