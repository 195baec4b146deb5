"""A cell in words."""

COMMAND = "rank candidates.csv"
EXIT = 1
STDERR = """\
error: candidates.csv:2: "latency:min": fast is not a number
hint: Write a number, or leave the cell empty where nothing was measured.
"""


def make(given):
    given.text("candidates.csv", "id,model,latency:min\none,a.onnx,fast\n")
