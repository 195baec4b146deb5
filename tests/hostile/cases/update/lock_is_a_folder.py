"""A folder in the place of the lock."""

COMMAND = "status deploy"
EXIT = 1
STDERR = """\
error: deploy/modelpress.lock cannot be read: Is a directory
hint: Restore the file from git, or render the project again into a new folder.
"""


def make(given):
    given.text("deploy/modelpress.lock/a.txt", "")
