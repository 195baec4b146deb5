"""What a command prints: data on stdout, everything else on stderr."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import click

from modelpress.errors import ModelpressError

Command = TypeVar("Command", bound=Callable[..., Any])
WIDE = 10_000  # columns; a pipe or a file has no width to fit
# What JSON does not escape although a terminal obeys or hides it, or no encoding can hold it.
HIDDEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
INDENT = " " * len("error: ")


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows for people. The columns in `right` are numbers."""

    columns: tuple[str, ...]
    right: frozenset[str]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add_row(self, *cells: str) -> None:
        self.rows.append(cells)


@dataclass(frozen=True, slots=True)
class Output:
    """How this run of a command prints."""

    as_json: bool
    verbosity: int
    progress: str = "none"

    def data(self, document: Any, text: Callable[[], str | Table]) -> None:
        """Print the result: one JSON document, or the text for people."""
        if self.as_json:
            click.echo(as_json(document))
            return
        shown = text()
        if isinstance(shown, str):
            click.echo(printable(shown))
        else:
            print_table(shown)

    def warn(self, warnings: Iterable[str]) -> None:
        """Print warnings, unless --quiet was given."""
        if self.verbosity >= 0:
            for warning in warnings:
                click.secho(f"warning: {printable(warning)}", fg="yellow", err=True, color=colour())

    def note(self, notes: Iterable[str]) -> None:
        """Print what --verbose tells beside the result."""
        if self.verbosity > 0:
            for note in notes:
                click.echo(f"note: {printable(note)}", err=True)


def output_options(command: Command) -> Command:
    """Add --format, --quiet and --verbose; the command receives them as `output: Output`."""

    @click.option(
        "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Form of the result."
    )
    @click.option("-q", "--quiet", is_flag=True, help="No warnings and notes.")
    @click.option("-v", "--verbose", is_flag=True, help="Say which files were read, and what was left out.")
    @wraps(command)
    def with_output(*args: Any, format_: str, quiet: bool, verbose: bool, **options: Any) -> Any:
        progress = options.pop("progress", "none")
        output = Output(as_json=format_ == "json", verbosity=verbose - quiet, progress="none" if quiet else progress)
        return command(*args, output=output, **options)

    return with_output  # type: ignore[return-value]  # click's decorators keep the signature loosely


def progress_option(command: Command) -> Command:
    """Add --progress; goes above `output_options`, which takes its value."""
    return click.option(
        "--progress",
        type=click.Choice(["auto", "plain", "none"]),
        default="auto",
        help="Progress of anything over a second: a bar on a terminal, plain lines, or none.",
    )(command)


def as_json(document: Any, *, indent: int | None = 2) -> str:
    """One JSON document, as every command prints it; on one line where `indent` is None."""
    import json

    text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    return HIDDEN.sub(lambda found: json.dumps(found.group())[1:-1], text)


def error_document(error: ModelpressError) -> str:
    """The JSON form of an error."""
    return as_json(
        {"error": {"code": error.code, "message": error.message, "hint": error.hint, "file": error.file or None}}
    )


def report_error(error: ModelpressError, *, as_json: bool) -> None:
    """Print an error for a program (stdout) or for a person (stderr)."""
    if as_json:
        click.echo(error_document(error))
        return
    click.secho("error: ", fg="red", bold=True, err=True, nl=False, color=colour())
    click.echo(printable(error.message).replace("\n", f"\n{INDENT}"), err=True)
    if error.hint:
        click.echo(f"hint: {printable(error.hint)}", err=True)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, even one that could not be parsed."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(given == "--format=json" or (given, value) == ("--format", "json") for given, value in pairs)


def printable(text: str) -> str:
    """The text with control characters written out: names in what was read may hold terminal commands."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in text
    )


def colour() -> bool | None:
    """False where NO_COLOR asks for none; None lets click look at the stream."""
    return False if os.environ.get("NO_COLOR") else None


def table(*columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table with these headings; the columns in `right` are numbers."""
    return Table(columns, frozenset(right))


def print_table(shown: Table) -> None:
    """Print a table: fitted to a terminal, never cut in a pipe or a file."""
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in shown.columns:
        grid.add_column(_cell(column), justify="right" if column in shown.right else "left", overflow="fold")
    for row in shown.rows:
        grid.add_row(*map(_cell, row))
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=WIDE)
    with console.capture() as capture:
        console.print(grid)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def _cell(text: str) -> str:
    """The text of one cell, which takes one line."""
    return printable(text).replace("\n", r"\n")
