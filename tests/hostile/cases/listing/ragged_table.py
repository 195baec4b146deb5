"""A row with more cells than the header has."""

COMMAND = "rank candidates.csv"
EXIT = 1
STDERR = """\
error: candidates.csv:3: has 4 cells where the header has 3
hint: The first line names the columns, each once; every other line has a cell for each of them.
"""


def make(given):
    given.text("candidates.csv", "id,model,latency:min\none,a.onnx,1\ntwo,b.onnx,2,3\n")
