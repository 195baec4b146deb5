"""A footprint that Git LFS has not fetched."""

COMMAND = "rank run"
EXIT = 1
STDERR = """\
error: run/footprint.json:1:1: not valid JSON: Expecting value
hint: This is a Git LFS pointer: run `git lfs pull` to get the file itself.
"""


def make(given):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 123\n"
    given.text("run/footprint.json", pointer)
