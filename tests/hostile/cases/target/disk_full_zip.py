"""The disk takes no more while a zip is written over an old one, which stays."""

import resource

EXIT = 1
STDERR = """\
error: <here>/OutputModels.zip cannot be written: File too large
hint: The file system or a limit of the shell (ulimit -f) allows no file of that size.
"""
STARTED = True


def make(given):
    given.listing()
    given.text("OutputModels.zip", "the old zip")


def run(given):
    """A limit on the size of files fails as a full disk does: in the middle of a write."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    return given.finish(given.process("package candidates.yaml --force", preexec_fn=limit))
