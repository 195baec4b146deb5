"""What the child process is asked and what it answers, as JSON files in a folder of the two alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

TASK, RESULT = "task.json", "result.json"


@dataclass(frozen=True, slots=True)
class Task:
    """Make a project from the skeleton in `folder`, which people know as `home` and `template`.

    The project is written into `output` and is to lie in `parent` later, under `name` or, where
    that is None, under the name that the skeleton gives it. `defaults` take the place of the
    skeleton's own and are rendered as those are; `answers` and `replayed` are data. `scratch`
    takes temporary files.
    """

    folder: Path
    home: Path
    template: str
    checkout: str | None
    output: Path
    parent: Path
    scratch: Path
    name: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    replayed: Mapping[str, Any] | None = None
    no_input: bool = False

    @property
    def silent(self) -> bool:
        """Whether nothing is asked."""
        return self.no_input or self.replayed is not None

    def to_json(self) -> str:
        """The task as the child process reads it."""
        return json.dumps({name: _plain(getattr(self, name)) for name in (one.name for one in fields(self))})

    @classmethod
    def from_json(cls, text: str) -> Task:
        """The task that `to_json` wrote."""
        found = json.loads(text)
        paths: dict[str, Any] = {
            name: Path(found.pop(name)) for name in ("folder", "home", "output", "parent", "scratch")
        }
        return cls(**paths, **found)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value
