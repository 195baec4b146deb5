"""One record of many is damaged, and --strict is given."""

COMMAND = "rank run --strict"
EXIT = 1
STDERR = """\
error: run: candidate bad cannot be used: its model configuration has a number for config
hint: Without --strict it is left out and the others are read.
"""


def make(given):
    given.footprint(
        good={"type": "ONNXModel", "config": {"model_path": "good.onnx"}}, bad={"type": "ONNXModel", "config": 7}
    )
