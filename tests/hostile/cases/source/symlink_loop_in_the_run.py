"""A link to the folder that it lies in is not walked, and the models are found all the same."""

COMMAND = "package run"
EXIT = 0
STDERR = ""
STDOUT = """\
run/OutputModels.zip: <sizes>
"""
WRITES = ("run",)


def make(given):
    given.olive_run()
    given.path("run/olive_cache/again").symlink_to("../olive_cache")
