"""A folder of models that is not there."""

COMMAND = "package run --model-root elsewhere"
EXIT = 2
STDERR = """\
error: the model root elsewhere does not exist
hint: Correct --model-root, or model_roots in the configuration.
"""


def make(given):
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "/olive/cache/runs/aaaa/models/model.onnx"}})
