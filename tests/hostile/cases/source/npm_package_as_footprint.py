"""JSON of another kind under the name of a footprint."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json: is not an Olive footprint but a mapping without nodes
hint: A footprint maps model ids to nodes with parent_model_id, model_config and metrics.
"""


def make(given):
    given.json("run/footprint.json", {"name": "web", "version": "1.0.0", "dependencies": {"left-pad": "1"}})
