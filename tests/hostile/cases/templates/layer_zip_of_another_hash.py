"""A layer in a zip that is not the pinned one any more."""

COMMAND = "render model.onnx -o out"
EXIT = 4
STDERR = """\
error: <here>/layer.zip is another zip than the pinned one: its SHA-256 is \
b846a622ecd4b3f0881bc67bf1a48079cf42396b7faf957e6a946a86c992afdd, not \
0000000000000000000000000000000000000000000000000000000000000000
hint: Write the new hash if the change is meant; otherwise ask where it comes from.
"""


def make(given):
    given.layer({"readme/README.md.jinja": b"changed\n"}, sha256="0" * 64)
