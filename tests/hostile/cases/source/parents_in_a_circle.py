"""A node that is its own grandparent."""

import json

COMMAND = "rank run"
EXIT = 5
STDERR = """\
error: run holds no candidate model: input (has no model); a (its parents go in a circle through a)
hint: A run has no candidate where every pass failed or none was configured; a list, where it is empty.
"""


def make(given):
    given.footprint(a={"type": "ONNXModel", "config": {"model_path": "a.onnx"}})
    data = json.loads(given.path("run/footprint.json").read_text())
    data["input"]["parent_model_id"] = "a"
    given.json("run/footprint.json", data)
