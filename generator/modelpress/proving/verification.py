"""Proves a rendered project or a zip: checks its hashes, and in a working copy what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from modelpress.project_files import open_bundle
from modelpress.proving.azure import check_azure
from modelpress.proving.loading import load_models
from modelpress.proving.manifest import check_manifest, digests_of, identity
from modelpress.proving.rendered_here import is_remembered
from modelpress.proving.report import Finding
from modelpress.proving.samples import check_samples
from modelpress.proving.scoring import check_scoring
from modelpress.proving.working_copy import Loan, working_copy

RUNS: Mapping[str, Callable[[Path, Path], tuple[Finding, ...]]] = {
    "models": load_models,
    "samples": check_samples,
    "scoring": check_scoring,
}
"""The checks that run something, by the name that --only takes."""

CHECKS = ("manifest", "azure", *RUNS)


@dataclass(frozen=True, slots=True)
class Verification:
    """What is proved: the checks of `only`; `trust` runs code that was not rendered on this computer."""

    only: tuple[str, ...] = CHECKS
    trust: bool = False


def verify(path: Path, asked: Verification) -> tuple[Finding, ...]:
    """Check the project in a folder or zip. Nothing is written into it, and nothing of it is run unless it is ours.

    Raises ModelpressError where it cannot be read, UnsafeInputError where it would do harm.
    """
    bundle = open_bundle(path)
    loan = Loan.of(bundle)
    digests = digests_of(bundle)
    findings = [check_manifest(path, digests)] if "manifest" in asked.only else []
    findings += check_azure(bundle) if "azure" in asked.only else ()
    wanted = [name for name in RUNS if name in asked.only]
    if not wanted:
        return tuple(findings)
    if not asked.trust and not is_remembered(identity(digests)):
        hint = "Pass --trust if you know where it comes from."
        detail = "not run: this computer did not render it, or it was changed since"
        return (*findings, *(Finding(name, "skipped", detail, hint) for name in wanted))
    with working_copy(bundle, loan, digests) as copy:
        home = copy.with_name("home")
        home.mkdir()
        for name in wanted:
            findings += RUNS[name](copy, home)
    return tuple(findings)
