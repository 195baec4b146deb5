"""A lock that was left over from a merge with conflicts."""

COMMAND = "update deploy"
EXIT = 1
STDERR = """\
error: deploy/modelpress.lock:3: not a lock file, or damaged
hint: Restore the file from git, or render the project again into a new folder.
"""


def make(given):
    given.text("deploy/modelpress.lock", '{\n  "lock_version": 1,\n<<<<<<< HEAD\n  "candidate": "a"\n}\n')
