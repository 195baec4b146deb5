"""A lock that somebody wrote."""

COMMAND = "status deploy"
EXIT = 1
STDERR = """\
error: deploy/modelpress.lock was edited since modelpress wrote it, or damaged
hint: Restore the file from git, or render the project again into a new folder. What it says is changed by options of \
`modelpress update` alone.
"""


def make(given):
    given.json("deploy/modelpress.lock", {"lock_version": 1, "modelpress": "0.1.0", "files": {"../a.txt": {}}})
