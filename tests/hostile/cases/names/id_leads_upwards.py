"""An id names no path: the candidate is packaged where its rank says."""

COMMAND = "package candidates.yaml"
EXIT = 0
STDERR = ""
STDOUT = """\
OutputModels.zip: <sizes>
"""
WRITES = ("OutputModels.zip",)


def make(given):
    given.listing(id="../../../etc/passwd")
