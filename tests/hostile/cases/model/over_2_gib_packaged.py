"""The same in a package."""

COMMAND = "package candidates.yaml --strict"
EXIT = 1
STDERR = """\
error: candidate one cannot be used: big.onnx is 3.0 GiB long: an ONNX file of 2 GiB or more cannot be loaded
hint: Save it with external data: onnx.save_model(model, path, save_as_external_data=True).
"""


def make(given):
    given.listing(model="big.onnx")
    given.sparse("big.onnx", 3 << 30)
