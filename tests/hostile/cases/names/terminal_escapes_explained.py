"""The same in the words of --explain."""

COMMAND = "rank candidates.yaml --explain"
EXIT = 0
STDERR = ""
STDOUT = """\
1. \\x1b[2Jone: best latency: 1.5
     objective 1, latency (lower is better): 1.5; alone, so this decides
2. two: latency 2.5: 1 more than #1
     objective 1, latency (lower is better): 2.5; alone, so this decides
"""


def make(given):
    given.listing(id="\x1b[2Jone")
