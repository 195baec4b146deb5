"""Checks the files for Azure ML as every publish does before it sends anything; nothing is run and nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from modelpress.bundle import Bundle
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checks import check_bundle, parts_of
from modelpress.proving.report import Finding

CHECK = "azure"


def check_azure(bundle: Bundle) -> tuple[Finding, ...]:
    """One finding for each of `azureml/models`, `data`, `online` and `batch` that the bundle has."""
    parts = parts_of(bundle)
    if not parts:
        return (Finding(CHECK, "skipped", "there is no YAML for Azure ML in the bundle"),)
    return tuple(_finding(f"{CHECK}/{part}", check_bundle(bundle, [part])) for part in parts)


def _finding(what: str, flaws: Sequence[Flaw]) -> Finding:
    if not flaws:
        return Finding(what, "passed", "the files fit each other, and what they name is there")
    said = "\n".join(f"{flaw}. {flaw.hint}" for flaw in flaws)
    return Finding(what, "failed", said, "Correct the files, or render the project again.")
