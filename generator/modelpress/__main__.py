"""The entry point of the `modelpress` command and of `python -m modelpress`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from modelpress.cli.main import modelpress

    modelpress()


if __name__ == "__main__":
    main()
