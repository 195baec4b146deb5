"""An update of a folder that is no project."""

COMMAND = "update notes"
EXIT = 1
STDERR = """\
error: notes is no project: it holds no modelpress.lock
hint: Give the folder that `modelpress render` wrote, such as `deploy`.
"""


def make(given):
    given.text("notes/a.txt", "mine\n")
