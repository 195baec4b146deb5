"""A model of 2 GiB and more, which no runtime loads."""

COMMAND = "inspect model.onnx"
EXIT = 1
STDERR = """\
error: model.onnx is 2.0 GiB long: an ONNX file of 2 GiB or more cannot be loaded
hint: Save it with external data: onnx.save_model(model, path, save_as_external_data=True).
"""


def make(given):
    given.model()
    with given.path("model.onnx").open("r+b") as file:
        file.truncate((2 << 30) + 100)
