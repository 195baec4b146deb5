"""A layer in a zip with a name that leads out of the folder that it is unpacked to."""

COMMAND = "render model.onnx -o out"
EXIT = 4
STDERR = """\
error: <here>/layer.zip holds '../owned.txt', which would be written outside the folder it is unpacked to
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    given.layer({"../owned.txt": b"owned\n"})
