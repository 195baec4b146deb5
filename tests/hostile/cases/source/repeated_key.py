"""JSON that says one thing twice."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json:3:3: the key a stands twice in one mapping
hint: Keep one of the two.
"""


def make(given):
    given.text("run/footprint.json", '{\n  "a": {"parent_model_id": null},\n  "a": {"parent_model_id": null}\n}\n')
