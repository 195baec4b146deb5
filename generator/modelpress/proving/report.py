"""What proving found: one finding for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `what` names it (`samples/cpp`), `detail` says what was seen, `hint` what to do."""

    what: str
    status: Status
    detail: str = ""
    hint: str = ""


def required(findings: Iterable[Finding], names: Iterable[str]) -> tuple[Finding, ...]:
    """The same, with a skip turned into a failure where its name, or the last part of it, is required."""
    wanted = set(names)
    return tuple(
        Finding(found.what, "failed", f"required, but skipped: {found.detail}", found.hint)
        if found.status == "skipped" and wanted & {found.what, found.what.rpartition("/")[2], "all"}
        else found
        for found in findings
    )
