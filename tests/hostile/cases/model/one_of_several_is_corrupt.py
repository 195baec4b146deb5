"""One damaged model of two is left out with a warning, and the other is packaged."""

COMMAND = "package candidates.yaml"
EXIT = 0
STDERR = """\
warning: candidate one is left out: bad.onnx is damaged or not an ONNX model: a field has the number 0 (at byte 1)
"""
STDOUT = """\
OutputModels.zip: <sizes>
"""
WRITES = ("OutputModels.zip",)


def make(given):
    given.listing(model="bad.onnx")
    given.bytes("bad.onnx", b"\x00" * 1000)
