"""The entry point of the `modelpress` command and of `python -m modelpress`."""

from __future__ import annotations

import gc

RARELY = 100_000  # new objects between two collections: with Python's 700 they take a tenth of a short command


def main() -> None:
    """Run the command line."""
    gc.set_threshold(RARELY)
    from modelpress.cli.main import modelpress

    modelpress()


if __name__ == "__main__":
    main()
