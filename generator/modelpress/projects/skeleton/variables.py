"""cookiecutter.json, read as data: what a skeleton asks, and how its templates are marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelpress.config.problems import MalformedError, at
from modelpress.errors import UsageError

NAME = "cookiecutter.json"
ENVIRONMENT = "_jinja2_env_vars"
# Jinja's own marks; each may be replaced by what ENVIRONMENT says.
STARTS = {"block_start_string": "{%", "variable_start_string": "{{", "comment_start_string": "{#"}
PREFIXES = ("line_statement_prefix", "line_comment_prefix")


@dataclass(frozen=True, slots=True)
class Marks:
    """The texts that begin an expression, a statement or a comment in a skeleton's templates."""

    starts: tuple[str, ...]
    variable: tuple[str, str]

    @classmethod
    def of(cls, variables: Mapping[str, Any]) -> Marks:
        """The marks that these variables ask for."""
        said = variables.get(ENVIRONMENT)
        said = said if isinstance(said, Mapping) else {}
        starts = [str(said.get(name, mark)) for name, mark in STARTS.items()]
        starts += [str(said[name]) for name in PREFIXES if said.get(name)]
        variable = (str(said.get("variable_start_string", "{{")), str(said.get("variable_end_string", "}}")))
        return cls(tuple(starts), variable)

    def are_in(self, text: str) -> bool:
        """Whether Jinja takes any of the text for more than text."""
        return any(mark in text for mark in self.starts)

    def literal(self, value: Any) -> Any:
        """A template that renders to exactly this answer: answers are data, which cookiecutter would render."""
        if isinstance(value, Mapping):
            return {self.literal(key): self.literal(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.literal(item) for item in value]
        if not isinstance(value, str) or not self.are_in(value):
            return value
        escaped = "".join(f"\\U{ord(char):08x}" for char in value)
        return f'{self.variable[0]} "{escaped}" | safe {self.variable[1]}'


def read_variables(folder: Path, shown: str) -> dict[str, Any]:
    """The variables of the skeleton in `folder`, which is called `shown`, in their order.

    Raises UsageError with file and line for what cookiecutter could not read.
    """
    data = read_json(folder / NAME, f"{shown}/{NAME}")
    if not isinstance(data, dict):
        raise UsageError(
            f"{shown}/{NAME} is not a mapping", hint="It maps each variable to its default.", file=f"{shown}/{NAME}"
        )
    return data


def read_json(path: Path, shown: str) -> Any:
    """The data in a JSON file. Raises UsageError with file and line."""
    from modelpress.config import json_text

    try:
        return json_text.load(path.read_text(encoding="utf-8"))
    except MalformedError as error:
        place = at(shown, error.position[:1])
        raise UsageError(f"{place}: {error}", hint=error.hint or "Correct the JSON.", file=place) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is not UTF-8 text"
        raise UsageError(
            f"{shown} cannot be read: {reason}", hint="Give an existing file with JSON.", file=shown
        ) from None
