"""A quote that nothing closes."""

COMMAND = "rank candidates.csv"
EXIT = 1
STDERR = """\
error: candidates.csv:3: not a table: unexpected end of data
hint: The first line names the columns, each once; every other line has a cell for each of them.
"""


def make(given):
    given.text("candidates.csv", 'model,latency:min\n"a.onnx,1\nb.onnx,2\n')
