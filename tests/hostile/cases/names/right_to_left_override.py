"""A name that would be shown back to front."""

COMMAND = "rank candidates.yaml"
EXIT = 0
STDERR = ""
STDOUT = """\
rank  candidate       accelerator  latency  accuracy  reason
   1  one\\u202exnno.  cpu-cpu          1.5       0.9  best latency: 1.5
   2  two             cpu-cpu          2.5       0.8  latency 2.5: 1 more than #1
"""


def make(given):
    given.listing(id="one\u202exnno.")
