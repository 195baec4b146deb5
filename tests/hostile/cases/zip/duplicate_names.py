"""Two members of one name: which one is meant?"""

import warnings

COMMAND = "rank run.zip"
EXIT = 4
STDERR = """\
error: run.zip holds 'models_rank.json' twice
hint: Do not unpack it; ask where it comes from.
"""


def make(given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given.zip("run.zip", [("models_rank.json", b"[]"), ("models_rank.json", b"[{}]")])
