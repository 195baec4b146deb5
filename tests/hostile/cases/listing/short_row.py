"""A row with fewer cells than the header has: spreadsheets leave empty ones out at the end, so nothing was measured."""

COMMAND = "rank candidates.csv"
EXIT = 0
STDERR = """\
warning: latency was not measured in 1 of 2: two
warning: accuracy was not measured in 1 of 2: two
"""
STDOUT = """\
rank  candidate  accelerator  latency  accuracy  reason
   1  one        cpu-cpu            1       0.9  best latency: 1
   2  two        cpu-cpu            -         -  has no latency: after all that were measured
"""


def make(given):
    given.text("candidates.csv", "id,model,latency:min,accuracy:max\none,a.onnx,1,0.9\ntwo,b.onnx\n")
