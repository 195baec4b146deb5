"""A layer in a zip that unpacks to far more than its size."""

COMMAND = "render model.onnx -o out"
EXIT = 4
STDERR = """\
error: <here>/layer.zip holds more than 10,000 files or 256 MiB
hint: Do not use it; ask where it comes from. If it is sound, give its folder.
"""


def make(given):
    given.layer({"set/zeros.txt": bytes(260 << 20)})
