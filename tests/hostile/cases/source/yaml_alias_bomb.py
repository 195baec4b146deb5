"""Nine lists of nine aliases each: 400 million entries in 400 bytes."""

COMMAND = "rank candidates.yaml"
EXIT = 1
STDERR = """\
error: candidates.yaml:7:4: holds more values, aliases included, than a configuration can
hint: Correct it there, or copy the file again from where it was made.
"""


def make(given):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    given.text("candidates.yaml", "\n".join([*lines, "candidates: *i", ""]))
