"""A file of the set that is a link to one elsewhere."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: templates/custom/notes.txt leads outside templates/custom
hint: Copy the file into the folder if it belongs there.
"""


def make(given):
    given.text("secret.txt", "secret")
    given.template_set({})
    given.path("templates/custom/notes.txt").symlink_to("../../secret.txt")
