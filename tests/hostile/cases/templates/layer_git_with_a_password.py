"""A token in the address of a layer, which would end up in git and in locks."""

COMMAND = "render model.onnx -o out"
EXIT = 2
STDERR = """\
error: <here>/modelpress.yaml:4:7: templates[0].git: must not hold the name or the password of a user: git's \
credential helpers know them
hint: `modelpress schema config` prints the form of a configuration.
"""


def make(given):
    given.model()
    given.json("modelpress.yaml", {"templates": [{"git": "https://me:t0ken@computer/x.git", "commit": "0" * 40}]})
