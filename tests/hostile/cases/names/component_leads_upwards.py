"""A component of a composite model whose name is a path out of the bundle is given another folder."""

COMMAND = "render run -o deploy"
EXIT = 0
STDERR = ""
STDOUT = """\
deploy: <sizes>
"""
WRITES = ("deploy",)


def make(given):
    given.model("run/models/a/model.onnx")
    given.model("run/models/b/model.onnx")
    part = {"type": "ONNXModel", "config": {}}
    given.footprint(
        pair={
            "type": "CompositeModel",
            "config": {
                "model_components": [
                    {**part, "config": {"model_path": "models/a/model.onnx"}},
                    {**part, "config": {"model_path": "models/b/model.onnx"}},
                ],
                "model_component_names": ["../../../evil", "/etc/evil"],
            },
        }
    )
