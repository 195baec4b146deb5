"""A lock in a form that only a newer modelpress knows."""

COMMAND = "update deploy"
EXIT = 1
STDERR = """\
error: deploy/modelpress.lock was written by a newer modelpress (9.0)
hint: Install that version or a later one: pip install --upgrade modelpress
"""


def make(given):
    given.json("deploy/modelpress.lock", {"lock_version": 2, "modelpress": "9.0", "parts": []})
