"""Two columns of one name."""

COMMAND = "rank candidates.csv"
EXIT = 1
STDERR = """\
error: candidates.csv:1: has the column latency twice
hint: The first line names the columns, each once; every other line has a cell for each of them.
"""


def make(given):
    given.text("candidates.csv", "model,latency:min,latency:max\na.onnx,1,2\n")
