"""Proves a rendered project or a zip: checks its hashes, and in a working copy what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from modelpress.executors.image.options import BuildOptions
from modelpress.project_files import open_bundle
from modelpress.proving.azure import check_azure
from modelpress.proving.image import check_image
from modelpress.proving.loading import load_models
from modelpress.proving.manifest import check_manifest, digests_of, identity
from modelpress.proving.rendered_here import is_remembered
from modelpress.proving.report import Finding
from modelpress.proving.samples import check_samples
from modelpress.proving.scoring import check_scoring
from modelpress.proving.working_copy import Loan, working_copy

Check = Callable[[Path, Path], tuple[Finding, ...]]
"""Looks at a working copy of the project; the second folder is an empty home."""

RUNS: Mapping[str, Check] = {
    "models": load_models,
    "samples": check_samples,
    "scoring": check_scoring,
}
"""The checks that run something, by the name that --only takes."""

CHECKS = ("manifest", "azure", *RUNS)
ON_REQUEST = ("image",)
"""Checks that take minutes, and so only run where they are asked for."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What is proved: the checks of `only`; `trust` runs code that was not rendered on this computer.

    `image` is how an image is built.
    """

    only: tuple[str, ...] = CHECKS
    trust: bool = False
    image: BuildOptions = field(default_factory=BuildOptions)


def verify(path: Path, asked: Verification) -> tuple[Finding, ...]:
    """Check the project in a folder or zip. Nothing is written into it, and nothing of it is run unless it is ours.

    Raises ModelpressError where it cannot be read, UnsafeInputError where it would do harm.
    """
    bundle = open_bundle(path)
    loan = Loan.of(bundle)
    digests = digests_of(bundle)
    findings = [check_manifest(path, digests)] if "manifest" in asked.only else []
    findings += check_azure(bundle) if "azure" in asked.only else ()
    runs = {**RUNS, "image": _image(asked.image)}
    wanted = [name for name in runs if name in asked.only]
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
            findings += runs[name](copy, home)
    return tuple(findings)


def _image(options: BuildOptions) -> Check:
    return lambda copy, _: check_image(copy, options)
