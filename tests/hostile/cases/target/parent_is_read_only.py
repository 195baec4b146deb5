"""A folder without the right to write."""

import ctypes
import os

EXIT = 1
STDERR = """\
error: locked/OutputModels.zip: no files can be written in <here>/locked
hint: Give a folder that is yours, or change its permissions.
"""


def make(given):
    given.listing()
    given.path("locked").mkdir(mode=0o555)


def run(given):
    """Root may write everywhere: it gives up that capability (CAP_DAC_OVERRIDE) for the process."""
    drop_from_bounding_set, dac_override = 24, 1

    def give_up():
        ctypes.CDLL(None).prctl(drop_from_bounding_set, dac_override, 0, 0, 0)

    is_root = os.geteuid() == 0
    return given.finish(given.process("package candidates.yaml -o locked", preexec_fn=give_up if is_root else None))
