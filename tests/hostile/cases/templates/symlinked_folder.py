"""A folder of the set that is a link to one elsewhere."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: templates/custom/notes is a link to a folder
hint: Copy the folder into the template set.
"""


def make(given):
    given.text("secrets/secret.txt", "secret")
    given.template_set({})
    given.path("templates/custom/notes").symlink_to("../../secrets")
