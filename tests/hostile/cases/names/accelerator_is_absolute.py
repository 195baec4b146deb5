"""A list whose accelerator is an absolute path."""

COMMAND = "package candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:20: candidates[0].accelerator: must be a name such as cpu-cpu or gpu-cuda
hint: `modelpress schema candidates` prints the form of a list.
"""


def make(given):
    given.listing(accelerator="/etc/cpu")
