"""`modelpress templates`: list, show, check, and tell where each file comes from."""

import click


@click.group()
def templates():
    pass
