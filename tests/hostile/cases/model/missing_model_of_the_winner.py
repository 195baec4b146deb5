"""The same with render, and a model root that has another model."""

COMMAND = "render run -o deploy --model-root elsewhere"
EXIT = 1
STDERR = """\
error: the model /olive/cache/runs/aaaa/models/model.onnx was not found; tried \
/olive/cache/runs/aaaa/models/model.onnx; runs/aaaa/models/model.onnx below run; runs/aaaa/models/model.onnx below \
elsewhere; runs/aaaa/models/model.onnx below <here>/.olive-cache; the model saved in run
hint: Copy Olive's cache beside the run, or name the folder that holds runs/<id>/models with --model-root.
"""


def make(given):
    given.footprint(aaaa={"type": "ONNXModel", "config": {"model_path": "/olive/cache/runs/aaaa/models/model.onnx"}})
    given.model("elsewhere/runs/bbbb/models/model.onnx")
