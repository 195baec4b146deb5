"""The disk takes no more while a project is written over an old one, which stays."""

import resource

EXIT = 1
STDERR = """\
error: <here>/deploy cannot be written: File too large
hint: The file system or a limit of the shell (ulimit -f) allows no file of that size.
"""
STARTED = True


def make(given):
    given.listing()
    assert given.command("render candidates.yaml -o deploy").exit_code == 0


def run(given):
    """A limit on the size of files fails as a full disk does: in the middle of a write."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    return given.finish(given.process("render candidates.yaml -o deploy", preexec_fn=limit))
