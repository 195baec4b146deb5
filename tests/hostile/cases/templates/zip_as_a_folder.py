"""A zip where a folder of template sets is meant."""

COMMAND = "render model.onnx --templates layer.zip -o out"
EXIT = 2
STDERR = """\
error: the template folder layer.zip is a file
hint: A zip is a mapping in modelpress.yaml: `{zip: FILE, sha256: ...}`.
"""


def make(given):
    given.layer({"set/a.txt": b"a"})
