"""The address of a repository where a folder is meant."""

COMMAND = "render model.onnx --templates https://computer/templates.git -o out"
EXIT = 2
STDERR = """\
error: the template folder https:/computer/templates.git does not exist
hint: A repository is a mapping in modelpress.yaml: `{git: URL, commit: ...}`.
"""


def make(given):
    given.model()
