"""The disk takes no more: the folders that were made for the zip are gone again."""

import resource

EXIT = 1
STDERR = """\
error: <here>/some/where/OutputModels.zip cannot be written: File too large
hint: The file system or a limit of the shell (ulimit -f) allows no file of that size.
"""
STARTED = True


def make(given):
    given.listing()


def run(given):
    """A limit on the size of files fails as a full disk does: in the middle of a write."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    return given.finish(given.process("package candidates.yaml -o some/where", preexec_fn=limit))
