"""A zip that is a device."""

COMMAND = "render candidates.yaml -o full.zip"
EXIT = 1
STDERR = """\
error: full.zip is not a regular file
hint: Give another name.
"""


def make(given):
    given.listing()
    given.path("full.zip").symlink_to("/dev/full")
