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
    """The same, with a skip turned into a failure where it is required, and a failure for what nothing was found of.

    A name is that of a finding, or its first or last part (`samples`, `cpp`), or `all`.
    """
    found = tuple(findings)
    wanted = set(names)
    judged = [
        Finding(one.what, "failed", f"required, but skipped: {one.detail}", one.hint)
        if one.status == "skipped" and wanted & {*_names(one), "all"}
        else one
        for one in found
    ]
    missing = wanted - {"all"} - {name for one in found for name in _names(one)}
    judged += [
        Finding(name, "failed", "required, but there is nothing of that name to check") for name in sorted(missing)
    ]
    return tuple(judged)


def _names(finding: Finding) -> set[str]:
    return {finding.what, finding.what.partition("/")[0], finding.what.rpartition("/")[2]}
