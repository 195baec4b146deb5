"""A workflow file whose run is not on this computer."""

COMMAND = "package config.json"
EXIT = 1
STDERR = """\
error: config.json: no Olive run was found in its output_dir; tried <here>/outputs/run, .
hint: Run `olive run` first, or give the folder that it wrote to.
"""


def make(given):
    given.json("config.json", {"input_model": {"type": "HfModel"}, "passes": {}, "output_dir": "outputs/run"})
