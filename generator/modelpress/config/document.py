"""Read a JSON or YAML file that someone else wrote, and say where in it a value stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.config import json_text, yaml_nodes
from modelpress.config.problems import SHOWN_PROBLEMS, MalformedError, Problem, at
from modelpress.errors import UsageError

SIZE_LIMIT = 1 << 20  # bytes; a long workflow has a few thousand lines
FORM = "`modelpress schema config` prints the form of a configuration."


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file: its text and the data in it."""

    path: Path
    text: str
    data: Any

    def error(self, problems: Sequence[Problem]) -> UsageError:
        """One error for all problems, a line each; the hint of a single one stands by itself."""
        line = at(self.path, yaml_nodes.position(self.text, problems[0].keys)[:1])
        if len(problems) == 1:
            only = Problem(problems[0].keys, problems[0].text)
            return UsageError(self.lines([only])[0], hint=problems[0].hint or FORM, file=line)
        return UsageError("\n".join(self.lines(problems)), hint=FORM, file=line)

    def lines(self, problems: Sequence[Problem]) -> list[str]:
        """`file:line:column: keys: what is wrong. What to do.` for the first few problems."""
        shown = problems[:SHOWN_PROBLEMS]
        places = yaml_nodes.positions(
            self.text, [problem.keys for problem in shown]
        )  # JSON is near enough to YAML for this
        lines = [f"{at(self.path, place)}: {problem.full_text}" for place, problem in zip(places, shown, strict=True)]
        more = len(problems) - len(shown)
        return [*lines, f"{self.path}: {more} more of these"] if more else lines


def read_document(path: Path) -> Document:
    """The text and data of a configuration file.

    `.json`, and text of another suffix that begins with a brace, is JSON; all else is YAML.
    Raises UsageError where the file cannot be read, is not UTF-8 or is malformed.
    """
    text = _text(path)
    suffix = path.suffix.lower()
    is_json = suffix == ".json" or (suffix not in {".yaml", ".yml"} and text.lstrip().startswith(("{", "[")))
    try:
        return Document(path, text, json_text.load(text) if is_json else yaml_nodes.load(text))
    except MalformedError as error:
        line = at(path, error.position[:1])
        raise UsageError(f"{at(path, error.position)}: {error}", hint=error.hint or FORM, file=line) from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:  # a path with a NUL character is a ValueError
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a valid path"
        raise UsageError(
            f"{path}: cannot be read: {reason}", hint="Name an existing JSON or YAML file.", file=str(path)
        ) from None
    if len(content) > SIZE_LIMIT:
        raise UsageError(
            f"{path}: is larger than a configuration can be ({SIZE_LIMIT >> 20} MiB)", hint=FORM, file=str(path)
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text", hint="Save the file as UTF-8.", file=str(path)) from None
