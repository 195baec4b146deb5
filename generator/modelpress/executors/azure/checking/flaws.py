"""What is wrong with a file for Azure ML: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modelpress.errors import UsageError

MOST_SHOWN = 20  # flaws in one error


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong. `where` is a bundle path, with the line where there is one: `path:line`."""

    where: str
    text: str
    hint: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def error_of(flaws: Iterable[Flaw]) -> UsageError:
    """The error that says all of them; there must be one at least."""
    first, *others = flaws
    if not others:
        return UsageError(str(first), hint=first.hint, file=first.where)
    lines = [f"{flaw}. {flaw.hint}" for flaw in (first, *others[: MOST_SHOWN - 1])]
    more = 1 + len(others) - len(lines)
    lines += [f"and {more} more"] if more else []
    return UsageError("\n".join(lines), hint="Correct the files, or render the project again.", file=first.where)
