"""YAML that asks for a Python object to be made."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:1:13: not valid YAML: only plain values are allowed, no tags
hint: Correct it there, or copy the file again from where it was made.
"""


def make(given):
    given.text("candidates.yaml", "candidates: !!python/object/apply:os.system ['touch owned']\n")
