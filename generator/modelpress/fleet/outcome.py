"""What became of each project of a fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from modelpress.errors import ModelpressError

State = Literal["rendered", "kept", "planned", "failed"]
"""Made now; there already, and what would be made now; what a dry run would make; not made."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a project was not made, in the words of `ModelpressError`."""

    code: str
    message: str
    hint: str = ""
    file: str = ""

    @classmethod
    def of(cls, error: ModelpressError) -> Failure:
        return cls(error.code, error.message, error.hint, error.file)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the project `name`. `path` is where it lies, a folder or a URL without credentials."""

    name: str
    path: str
    state: State
    candidate: str | None = None
    content_sha256: str | None = None
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None

    def document(self) -> dict[str, Any]:
        """As plain data."""
        failed = self.failure
        return {
            "name": self.name,
            "path": self.path,
            "state": self.state,
            "candidate": self.candidate,
            "content_sha256": self.content_sha256,
            "error": failed
            and {"code": failed.code, "message": failed.message, "hint": failed.hint, "file": failed.file or None},
        }


@dataclass(frozen=True, slots=True)
class FleetReport:
    """What became of all projects, in the order of the matrix."""

    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> Mapping[State, int]:
        """How many projects are in each state."""
        return Counter(outcome.state for outcome in self.outcomes)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The projects that were not made."""
        return tuple(outcome for outcome in self.outcomes if outcome.state == "failed")

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning once, with the projects that it is about."""
        found: dict[str, list[str]] = {}
        for outcome in self.outcomes:
            for warning in outcome.warnings:
                found.setdefault(warning, []).append(outcome.name)
        return tuple(f"{_shortly(names)}: {warning}" for warning, names in found.items())

    def document(self) -> dict[str, Any]:
        """As plain data."""
        counts = self.counts
        states: Sequence[State] = ("rendered", "kept", "planned", "failed")
        return {
            "projects": [outcome.document() for outcome in self.outcomes],
            "counts": {state: counts.get(state, 0) for state in states},
            "warnings": list(self.warnings),
        }


def _shortly(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
