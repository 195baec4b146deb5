"""A layer that anyone on the way could change."""

COMMAND = "render model.onnx -o out"
EXIT = 4
STDERR = """\
error: http://computer/templates.git: it would be fetched with git over https, ssh, and nothing else
hint: Anyone on the way could change what http and git:// bring; other schemes run programs.
"""


def make(given):
    given.model()
    given.json("modelpress.yaml", {"templates": [{"git": "http://computer/templates.git", "commit": "0" * 40}]})
