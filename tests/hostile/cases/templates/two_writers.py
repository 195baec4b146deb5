"""Two sets that write one file."""

COMMAND = "render model.onnx -t readme -t custom --templates templates -o out"
EXIT = 1
STDERR = """\
error: the template sets readme and custom both write README.md
hint: Render one of them, or let one extend the other.
"""


def make(given):
    given.template_set({"README.md": "mine\n"})
