"""A repository is not swapped even with --force."""

COMMAND = "render candidates.yaml -o repository --force"
EXIT = 1
STDERR = """\
error: repository is a git repository, which is never swapped
hint: Write to a folder in it.
"""


def make(given):
    given.listing()
    given.text("repository/.git/HEAD", "ref: refs/heads/main\n")
